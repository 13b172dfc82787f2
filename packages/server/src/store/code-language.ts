import type { CodeLanguage } from '@sluice/core/process/code-language';
import type { Fragment, Sql } from '../db/database.ts';

/**
 * Whether the entrypoint of `d`, a deployment, is of a language, as `codeLanguage` says. A claim asks this of every deployment: for Python it
 * is no regular expression, which costs five times as much.
 */
export const isIn = (sql: Sql, language: CodeLanguage): Fragment =>
  language === 'python'
    ? sql`(d.entrypoint like '%.py:%' or d.entrypoint not like '%:%' and d.entrypoint <> '')`
    : sql`d.entrypoint ~ '\\.[cm]?[jt]sx?:'`;
