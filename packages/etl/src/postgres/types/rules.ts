import type { RuleName } from '../../types/rules.ts';
import { NAN_BITS } from '../../types/zeros.ts';
import { arrayRule } from './arrays.ts';
import type { PostgresRule } from './rule.ts';
import { unescaped } from './unescaped.ts';
import {
  atScale,
  days,
  floatBits,
  halfSurrogate,
  infinite,
  intervalText,
  microseconds,
  notADecimal,
  readDays,
  readInstant,
  signedZero,
  tooLate,
} from './values.ts';

const itself = (column: string): string => column;
const asText = (column: string): string => `${column}::text`;
const json = (text: string): string => `${unescaped(text)}::JSON`;

/** The types table, on the side of PostgreSQL. Rules of the same name in `duckdb/rules.ts` are the other half. */
export const POSTGRES_RULES: { readonly [name in RuleName]: PostgresRule } = {
  integer: { value: itself },
  oid: { value: (column) => `${column}::bigint` },
  decimal: { value: atScale, unfit: notADecimal },
  wide_decimal: { value: (column, args) => `${atScale(column, args)}::text`, unfit: notADecimal },
  money: { copy: (column) => `${column}::numeric`, value: (column) => `${column}::numeric` },
  float4: { value: floatBits('float4', NAN_BITS.INTEGER), remark: signedZero },
  float8: { value: floatBits('float8', NAN_BITS.BIGINT), remark: signedZero },
  bool: { value: (column) => `${column}::int` },
  date: { copy: days, value: days, spool: 'INTEGER', read: readDays },
  timestamp: { value: microseconds('timestamp_send'), unfit: tooLate, spool: 'VARCHAR', read: readInstant('TIMESTAMP') },
  timestamptz: { value: microseconds('timestamptz_send'), unfit: tooLate, spool: 'VARCHAR', read: readInstant('TIMESTAMPTZ') },
  time: { value: microseconds('time_send') },
  /** Parquet would drop the offset, cut an interval to milliseconds and knows no bits: the texts stand in the parts, and become the type in the warehouse. */
  timetz: { value: asText, spool: 'VARCHAR' },
  interval: { copy: intervalText, value: intervalText, unfit: infinite, spool: 'VARCHAR' },
  bit: { value: asText, spool: 'VARCHAR' },
  text: { value: asText, spool: 'VARCHAR', read: unescaped },
  bpchar: { value: itself, text: (column) => `textin(bpcharout(${column}))`, spool: 'VARCHAR', read: unescaped },
  bytea: {
    copy: (column) => `encode(${column}, 'hex')`,
    value: itself,
    text: (column) => `md5(${column})`,
    spool: 'VARCHAR',
    read: (text) => `unhex(${text})`,
  },
  uuid: { value: itself, text: asText },
  json: { value: asText, unfit: halfSurrogate, spool: 'VARCHAR', read: json },
  jsonb: { value: asText, spool: 'VARCHAR', read: json },
  /** A cast to text would add a netmask that nobody wrote. */
  inet: { value: (column) => `textin(inet_out(${column}))`, spool: 'VARCHAR', read: unescaped },
  composite: {
    copy: (column) => `to_json(${column})`,
    value: (column) => `to_json(${column})::text`,
    /** A part of it may be `json`. */
    unfit: (column) => halfSurrogate(`to_json(${column})`),
    spool: 'VARCHAR',
    read: json,
  },
  array: arrayRule((name) => POSTGRES_RULES[name]),
  other: { copy: asText, value: asText, spool: 'VARCHAR', read: unescaped },
};
