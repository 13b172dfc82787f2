// Not by its index, which brings another checker for its tests.
import Form from '@rjsf/core/lib/components/Form.js';
import { ErrorSchemaBuilder, type RJSFSchema } from '@rjsf/utils';
import { useMemo } from 'react';
import type { SchemaFault } from './fault-words.ts';
import { templates, widgets } from './templates.tsx';
import { validator } from './validator.ts';
import { withTitles } from './with-titles.ts';

export type FormData = { readonly [name: string]: unknown };

interface SchemaFormProps {
  readonly schema: object;
  readonly value: FormData;
  readonly onChange: (value: FormData) => void;
  /** What the server has found wrong: then its words stand alone. */
  readonly faults: readonly SchemaFault[] | undefined;
}

const NO_BUTTON = { 'ui:submitButtonOptions': { norender: true } };
/** An object that nobody has filled in is not sent, and a list has as many entries as somebody has made. */
const DEFAULTS = { emptyObjectFields: 'skipEmptyDefaults', arrayMinItems: { populate: 'requiredOnly' } } as const;

/** A form of what a JSON schema takes. */
export function SchemaForm({ schema, value, onChange, faults }: SchemaFormProps) {
  const titled = useMemo(() => withTitles(schema) as RJSFSchema, [schema]);
  const errors = useMemo(() => {
    const builder = new ErrorSchemaBuilder();
    for (const { path, words } of faults ?? []) builder.addErrors(words, [...path]);
    return builder.ErrorSchema;
  }, [faults]);
  return (
    <Form
      tagName="div"
      schema={titled}
      uiSchema={NO_BUTTON}
      validator={validator}
      formData={value}
      onChange={({ formData }) => onChange(formData ?? {})}
      templates={templates}
      widgets={widgets}
      extraErrors={errors}
      noValidate={faults !== undefined}
      liveValidate="onBlur"
      showErrorList={false}
      noHtml5Validate
      idPrefix="parameter"
      experimental_defaultFormStateBehavior={DEFAULTS}
    />
  );
}
