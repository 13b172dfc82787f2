import {
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  ariaDescribedByIds,
  type BaseInputTemplateProps,
  buttonId,
  canExpand,
  type DescriptionFieldProps,
  errorId,
  type FieldErrorProps,
  type FieldTemplateProps,
  getInputProps,
  type MultiSchemaFieldTemplateProps,
  type ObjectFieldTemplateProps,
  type WidgetProps,
  type WrapIfAdditionalTemplateProps,
} from '@rjsf/utils';
import { ArrowDown, ArrowUp, Copy, Plus, Trash2 } from 'lucide-react';
import { Button, IconButton } from '../base/button.tsx';
import field from '../base/field.module.css';
import styles from './schema-form.module.css';

/*
 * How the library of forms draws a form, as all of this dashboard looks. What a browser would refuse by itself (`min`, `required`) is
 * not told to it: the server judges, in words.
 */

function FieldTemplate(props: FieldTemplateProps) {
  const { id, label, children, errors, help, description, hidden, required, displayLabel, schema } = props;
  if (hidden) return <div hidden>{children}</div>;
  const isOwnHead = schema.type === 'object' || schema.type === 'array';
  return (
    <WrapIfAdditionalTemplate {...props}>
      {displayLabel && !isOwnHead && (
        <div className={styles['head']}>
          <label htmlFor={id} className={styles['label']}>
            {label}
          </label>
          {required && <span className={styles['required']}>must be given</span>}
        </div>
      )}
      {children}
      {(displayLabel || schema.type === 'boolean') && !isOwnHead && schema.description && description}
      {errors}
      {help}
    </WrapIfAdditionalTemplate>
  );
}

/** A property whose name the person chooses. */
function WrapIfAdditionalTemplate({
  id,
  label,
  schema,
  children,
  onKeyRenameBlur,
  onRemoveProperty,
}: Pick<WrapIfAdditionalTemplateProps, 'id' | 'label' | 'schema' | 'children' | 'onKeyRenameBlur' | 'onRemoveProperty'>) {
  if (!('__additional_property' in schema)) return <div className={field['field']}>{children}</div>;
  return (
    <div className={styles['pair']}>
      <div className={field['field']}>
        <label htmlFor={`${id}-key`} className={styles['label']}>
          Name
        </label>
        <input id={`${id}-key`} className={field['control']} defaultValue={label} onBlur={onKeyRenameBlur} autoComplete="off" />
      </div>
      <div className={field['field']}>{children}</div>
      <IconButton label={`Remove ${label}`} icon={Trash2} onClick={onRemoveProperty} />
    </div>
  );
}

function ObjectFieldTemplate({
  title,
  description,
  properties,
  fieldPathId,
  schema,
  uiSchema,
  formData,
  onAddProperty,
  required,
}: ObjectFieldTemplateProps) {
  const isRoot = fieldPathId.path.length === 0;
  if ((schema.anyOf || schema.oneOf) && !schema.properties && properties.length === 0) return null;
  const inside = (
    <div className={styles['group']}>
      {description && <p className={field['hint']}>{description}</p>}
      {properties.map(({ content }) => content)}
      {canExpand(schema, uiSchema, formData) && (
        <Button id={buttonId(fieldPathId, 'add')} icon={Plus} className={styles['add']} onClick={onAddProperty}>
          Add to {title || 'it'}
        </Button>
      )}
    </div>
  );
  if (isRoot) return inside;
  return (
    <details className={styles['part']} open={required || isFilled(formData)}>
      <summary>{title}</summary>
      {inside}
    </details>
  );
}

const isFilled = (data: unknown): boolean =>
  typeof data === 'object' && data !== null ? Object.values(data).some(isFilled) : data !== undefined && data !== null;

function ArrayFieldTemplate({ title, schema, items, canAdd, onAddClick, fieldPathId, required }: ArrayFieldTemplateProps) {
  return (
    <fieldset className={styles['list']}>
      <legend className={styles['label']}>
        {title}
        {required && <span className={styles['required']}> must be given</span>}
      </legend>
      {schema.description && <p className={field['hint']}>{schema.description}</p>}
      {items}
      {canAdd && (
        <Button id={buttonId(fieldPathId, 'add')} icon={Plus} className={styles['add']} onClick={onAddClick}>
          Add to {title}
        </Button>
      )}
    </fieldset>
  );
}

function ArrayFieldItemTemplate({ children, buttonsProps, index, hasToolbar }: ArrayFieldItemTemplateProps) {
  const { hasMoveUp, hasMoveDown, hasRemove, hasCopy, onMoveUpItem, onMoveDownItem, onRemoveItem, onCopyItem } = buttonsProps;
  const nth = index + 1;
  return (
    <div className={styles['item']}>
      <div className={field['field']}>{children}</div>
      {hasToolbar && (
        <div className={styles['tools']}>
          {hasMoveUp && <IconButton label={`Move entry ${nth} up`} icon={ArrowUp} onClick={onMoveUpItem} />}
          {hasMoveDown && <IconButton label={`Move entry ${nth} down`} icon={ArrowDown} onClick={onMoveDownItem} />}
          {hasCopy && <IconButton label={`Copy entry ${nth}`} icon={Copy} onClick={onCopyItem} />}
          {hasRemove && <IconButton label={`Remove entry ${nth}`} icon={Trash2} onClick={onRemoveItem} />}
        </div>
      )}
    </div>
  );
}

function MultiSchemaFieldTemplate({ selector, optionSchemaField }: MultiSchemaFieldTemplateProps) {
  return (
    <div className={styles['choice']}>
      {selector}
      {optionSchemaField}
    </div>
  );
}

function BaseInputTemplate({
  id,
  value,
  options,
  schema,
  type,
  onChange,
  onBlur,
  disabled,
  readonly,
  rawErrors,
  label,
  hideLabel,
  required,
}: BaseInputTemplateProps) {
  const { type: kind, inputMode } = getInputProps(schema, type, options) as { type?: string; inputMode?: 'decimal' };
  return (
    <input
      id={id}
      className={field['control']}
      type={kind ?? 'text'}
      inputMode={inputMode}
      step={kind === 'number' ? 'any' : undefined}
      value={value ?? ''}
      disabled={disabled}
      readOnly={readonly}
      autoComplete="off"
      aria-label={hideLabel ? label : undefined}
      aria-required={required}
      aria-invalid={rawErrors?.length ? true : undefined}
      aria-describedby={ariaDescribedByIds(id)}
      placeholder={schema.default === undefined ? undefined : String(schema.default)}
      onChange={({ target }) => onChange(target.value === '' ? options.emptyValue : target.value)}
      onBlur={({ target }) => onBlur(id, target.value)}
    />
  );
}

const DescriptionFieldTemplate = ({ id, description }: DescriptionFieldProps) => (
  <p id={id} className={field['hint']}>
    {description}
  </p>
);

function FieldErrorTemplate({ errors = [], fieldPathId }: FieldErrorProps) {
  if (errors.length === 0) return null;
  return (
    <ul id={errorId(fieldPathId)} className={field['fault']} role="alert">
      {errors.map((error) => (
        <li key={String(error)}>{error}</li>
      ))}
    </ul>
  );
}

export const templates = {
  FieldTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate,
  ArrayFieldItemTemplate,
  MultiSchemaFieldTemplate,
  BaseInputTemplate,
  DescriptionFieldTemplate,
  FieldErrorTemplate,
};

function CheckboxWidget({ id, label, value, onChange, onBlur, disabled, readonly }: WidgetProps) {
  return (
    <label className={styles['check']}>
      <input
        type="checkbox"
        id={id}
        checked={value === true}
        disabled={disabled || readonly}
        aria-describedby={ariaDescribedByIds(id)}
        onChange={({ target }) => onChange(target.checked)}
        onBlur={({ target }) => onBlur(id, target.checked)}
      />
      {label}
    </label>
  );
}

function SelectWidget({ id, value, options, schema, multiple, onChange, onBlur, disabled, readonly, label, hideLabel }: WidgetProps) {
  const choices = options.enumOptions ?? [];
  const isIt = (choice: unknown) => JSON.stringify(choice) === JSON.stringify(value);
  const take = (index: string) => (index === '' ? options.emptyValue : choices[Number(index)]?.value);
  const isOptional = schema.default === undefined && !multiple;
  const known = choices.findIndex(({ value: choice }) => isIt(choice));
  return (
    <select
      id={id}
      className={field['control']}
      value={known < 0 ? '' : String(known)}
      disabled={disabled || readonly}
      aria-label={hideLabel || !label ? 'What it is' : undefined}
      aria-describedby={ariaDescribedByIds(id)}
      onChange={({ target }) => onChange(take(target.value))}
      onBlur={({ target }) => onBlur(id, take(target.value))}
    >
      {(isOptional || known < 0) && <option value="">–</option>}
      {choices.map(({ label: text }, index) => (
        <option key={text} value={index}>
          {text}
        </option>
      ))}
    </select>
  );
}

export const widgets = { CheckboxWidget, SelectWidget };
