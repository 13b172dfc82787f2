/** Types of a user's own, which the cases name. */
export const OWN_TYPES = `
  create type mood as enum ('sad', 'o''k', 'höchst "froh"', 'back\\slash', 'two words');
  create domain positive as int check (value > 0);
  create domain label as varchar(20);
  create domain labels as label[];
  create domain price as numeric(10,2);
  create type point3 as (x int, y float8, note text);
  create type floatrange_t as range (subtype = float8);
`;

/** A type, what it becomes, and literals with the texts that DuckDB gives back: the same where one alone is given. */
export interface TypeCase {
  readonly type: string;
  readonly becomes: string;
  readonly values: readonly (string | readonly [literal: string, text: string])[];
}

export const TYPE_CASES: readonly TypeCase[] = [
  { type: 'int2', becomes: 'SMALLINT', values: ['-32768', '0', '32767'] },
  { type: 'int4', becomes: 'INTEGER', values: ['-2147483648', '2147483647'] },
  { type: 'int8', becomes: 'BIGINT', values: ['-9223372036854775808', '9223372036854775807'] },
  { type: 'oid', becomes: 'UINTEGER', values: ['0', '4294967295'] },
  { type: 'bool', becomes: 'BOOLEAN', values: ['true', 'false'] },
  { type: 'numeric(10,2)', becomes: 'DECIMAL(10,2)', values: ['-99999999.99', '0.00', '0.01', '-0.05'] },
  { type: 'numeric(28,28)', becomes: 'DECIMAL(29,28)', values: ['0.1234567890123456789012345678'] },
  { type: 'numeric(38,0)', becomes: 'DECIMAL(38,0)', values: ['99999999999999999999999999999999999999', '-99999999999999999999999999999999999999'] },
  { type: 'numeric(38,10)', becomes: 'DECIMAL(38,10)', values: ['-1234567890123456789012345678.0000000001', '0.0000000000'] },
  { type: 'numeric(39,2)', becomes: 'VARCHAR', values: ['1234567890123456789012345678901234567.89', 'NaN'] },
  {
    type: 'numeric',
    becomes: 'VARCHAR',
    values: ['0.000000000000000000000000000000000000001', '-0.10', 'NaN', 'Infinity', '-Infinity', ['1e40', '1'.padEnd(41, '0')]],
  },
  { type: 'numeric(5,-2)', becomes: 'DECIMAL(7,0)', values: ['-9999900', ['12345', '12300']] },
  { type: 'numeric(2,5)', becomes: 'DECIMAL(6,5)', values: ['0.00099', '-0.00001'] },
  { type: 'float4', becomes: 'FLOAT', values: ['1e-45', '3.4028235e+38', '-0', 'NaN', 'Infinity', '-Infinity', '0.1'].map(floatCase) },
  {
    type: 'float8',
    becomes: 'DOUBLE',
    values: ['5e-324', '1.7976931348623157e+308', '2.2250738585072014e-308', '-0', 'NaN', 'Infinity', '-Infinity', '0.1'].map(floatCase),
  },
  { type: 'money', becomes: 'DECIMAL(19,2)', values: ['-92233720368547758.08', '92233720368547758.07', '0.00'] },
  { type: 'text', becomes: 'VARCHAR', values: textValues() },
  { type: 'varchar(60)', becomes: 'VARCHAR', values: textValues() },
  { type: 'char(8)', becomes: 'VARCHAR', values: [['ab', 'ab      '], ['ä😀', 'ä😀      '], ['', '        '], ['a\tb', 'a\tb     '], '12345678'] },
  { type: '"char"', becomes: 'VARCHAR', values: ['a', ''] },
  { type: 'name', becomes: 'VARCHAR', values: ['pg_catalog', 'ü"x'] },
  { type: 'mood', becomes: 'VARCHAR', values: ['sad', "o'k", 'höchst "froh"', 'back\\slash', 'two words'] },
  { type: 'label', becomes: 'VARCHAR', values: ['x', ''] },
  { type: 'positive', becomes: 'INTEGER', values: ['1'] },
  { type: 'price', becomes: 'DECIMAL(10,2)', values: ['12.50'] },
  {
    type: 'bytea',
    becomes: 'BLOB',
    values: [
      ['\\x', ''],
      ['\\x00ff', '\\x00\\xFF'],
      ['\\x5c4e', '\\x5CN'],
      ['\\x6162', 'ab'],
    ],
  },
  {
    type: 'date',
    becomes: 'DATE',
    values: ['0001-01-01', '5874897-12-31', 'infinity', '-infinity', ['4713-11-24 BC', '4713-11-24 (BC)'], ['0044-03-15 BC', '0044-03-15 (BC)']],
  },
  {
    type: 'timestamp',
    becomes: 'TIMESTAMP',
    values: [
      '0001-01-01 00:00:00.000001',
      '1969-12-31 23:59:59.999999',
      '294246-12-31 23:59:59.999999',
      '294247-01-10 04:00:54.775806',
      'infinity',
      '-infinity',
      ['4713-11-24 00:00:00 BC', '4713-11-24 (BC) 00:00:00'],
      ['0044-03-15 12:00:00.5 BC', '0044-03-15 (BC) 12:00:00.5'],
    ],
  },
  {
    type: 'timestamptz',
    becomes: 'TIMESTAMP WITH TIME ZONE',
    values: [
      ['2024-03-31 01:30:00.123456+01', '2024-03-31 00:30:00.123456+00'],
      ['1800-01-01 00:00:00-05:17:32', '1800-01-01 05:17:32+00'],
      'infinity',
      '-infinity',
      ['4713-11-24 00:00:00+00 BC', '4713-11-24 (BC) 00:00:00+00'],
    ],
  },
  { type: 'time', becomes: 'TIME', values: ['00:00:00', '23:59:59.999999', '24:00:00'] },
  { type: 'timetz', becomes: 'TIME WITH TIME ZONE', values: ['24:00:00-15:59', '00:00:00.000001+15:59:59', '12:00:00+05:30', '12:00:00+00'] },
  {
    type: 'interval',
    becomes: 'INTERVAL',
    values: [
      ['-1 mons +2 days', '-1 month 2 days'],
      ['1 year 2 mons -3 days 04:05:06.789', '1 year 2 months -3 days 04:05:06.789'],
      ['-10 days -00:00:00.000001', '-10 days -00:00:00.000001'],
      ['178956970 years 7 mons 2147483646 days 2562047788:00:54.775807', '178956970 years 7 months 2147483646 days 2562047788:00:54.775807'],
      ['-178956970 years -7 mons -2147483648 days -2562047788:00:54.775807', '-178956970 years -7 months -2147483648 days -2562047788:00:54.775807'],
      '00:00:00',
    ],
  },
  {
    type: 'uuid',
    becomes: 'UUID',
    values: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '123e4567-e89b-12d3-a456-426614174000'],
  },
  {
    type: 'json',
    becomes: 'JSON',
    values: [
      '{"a": 1,  "a":2}',
      'null',
      '"\\u0000"',
      '"\\ud83d\\ude00"',
      '{"q":"\\"\\\\ \\n"}',
      '123456789012345678901234567890.12345678901234567890',
      '"\\\\ud800"',
    ],
  },
  {
    type: 'jsonb',
    becomes: 'JSON',
    values: [
      '{"a": 1.10}',
      `${'['.repeat(2000)}${']'.repeat(2000)}`,
      '[null, {"b": "x\\ty\\\\"}]',
      '1e400'.replace('1e400', '1'.padEnd(401, '0')),
      '"\\\\ud800"',
    ],
  },
  { type: 'bit(5)', becomes: 'BIT', values: ['01011', '00000'] },
  { type: 'varbit', becomes: 'VARCHAR', values: ['', '1', '0101'] },
  { type: 'xml', becomes: 'VARCHAR', values: ['<a b="c">\n\t&amp;</a>', ''] },
  { type: 'inet', becomes: 'VARCHAR', values: ['192.168.0.1', '10.0.0.0/8', '::1', 'fe80::1/64'] },
  { type: 'cidr', becomes: 'VARCHAR', values: ['10.0.0.0/8', '::/0'] },
  { type: 'macaddr', becomes: 'VARCHAR', values: ['08:00:2b:01:02:03'] },
  { type: 'macaddr8', becomes: 'VARCHAR', values: ['08:00:2b:01:02:03:04:05'] },
  { type: 'point', becomes: 'VARCHAR', values: ['(1.5,-0)', '(NaN,Infinity)'] },
  { type: 'line', becomes: 'VARCHAR', values: ['{1,-1,0.1}'] },
  { type: 'lseg', becomes: 'VARCHAR', values: ['[(0,0),(1,1)]'] },
  { type: 'box', becomes: 'VARCHAR', values: ['(1,1),(0,0)'] },
  { type: 'path', becomes: 'VARCHAR', values: ['((0,0),(1,1))'] },
  { type: 'polygon', becomes: 'VARCHAR', values: ['((0,0),(1,1),(2,0))'] },
  { type: 'circle', becomes: 'VARCHAR', values: ['<(0,0),1>'] },
  { type: 'tsvector', becomes: 'VARCHAR', values: ["'a':1 'b\\\\c':2A"] },
  { type: 'tsquery', becomes: 'VARCHAR', values: ["'a' & !'b'"] },
  { type: 'pg_lsn', becomes: 'VARCHAR', values: ['FFFFFFFF/FFFFFFFF'] },
  { type: 'xid8', becomes: 'VARCHAR', values: ['18446744073709551615'] },
  { type: 'tid', becomes: 'VARCHAR', values: ['(4294967295,65535)'] },
  { type: 'pg_snapshot', becomes: 'VARCHAR', values: ['10:20:10,14,15'] },
  { type: 'jsonpath', becomes: 'VARCHAR', values: ['$."a"[*]?(@ > 1)'] },
  { type: 'int2vector', becomes: 'VARCHAR', values: ['1 2 3'] },
  { type: 'regclass', becomes: 'VARCHAR', values: ['pg_class'] },
  { type: 'int4range', becomes: 'VARCHAR', values: ['[1,10)', 'empty', '(,)'] },
  { type: 'tstzrange', becomes: 'VARCHAR', values: ['["2024-01-01 00:00:00+00",)'] },
  { type: 'floatrange_t', becomes: 'VARCHAR', values: ['[0.1,Infinity)'] },
  { type: 'nummultirange', becomes: 'VARCHAR', values: ['{[1.5,2),[3,4)}', '{}'] },
  {
    type: 'int4[]',
    becomes: 'INTEGER[]',
    values: [
      ['{1,NULL,-2147483648}', '[1, NULL, -2147483648]'],
      ['{}', '[]'],
    ],
  },
  {
    type: 'numeric(38,10)[]',
    becomes: 'DECIMAL(38,10)[]',
    values: [['{1234567890123456789012345678.0000000001}', '[1234567890123456789012345678.0000000001]']],
  },
  { type: 'float8[]', becomes: 'DOUBLE[]', values: [['{0.1,NaN,-Infinity,5e-324,-0}', '[0.1, nan, -inf, 5e-324, -0.0]']] },
  { type: 'bool[]', becomes: 'BOOLEAN[]', values: [['{t,f,NULL}', '[true, false, NULL]']] },
  {
    type: 'text[]',
    becomes: 'VARCHAR[]',
    values: [
      [
        String.raw`{"a\"b","x\\y",NULL,"",NULL,"zeile
zwei"}`,
        `['a"b', x\\y, NULL, '', NULL, zeile\nzwei]`,
      ],
    ],
  },
  { type: 'char(3)[]', becomes: 'VARCHAR[]', values: [['{a,abc}', "['a  ', abc]"]] },
  { type: 'date[]', becomes: 'DATE[]', values: [['{"4713-11-24 BC",infinity,2024-02-29}', "['4713-11-24 (BC)', infinity, 2024-02-29]"]] },
  { type: 'timestamptz[]', becomes: 'TIMESTAMP WITH TIME ZONE[]', values: [['{"2024-03-31 01:30:00+01"}', "['2024-03-31 00:30:00+00']"]] },
  { type: 'uuid[]', becomes: 'UUID[]', values: [['{123e4567-e89b-12d3-a456-426614174000}', '[123e4567-e89b-12d3-a456-426614174000]']] },
  { type: 'bytea[]', becomes: 'BLOB[]', values: [['{"\\\\x00ff","\\\\x"}', "[\\x00\\xFF, '']"]] },
  { type: 'inet[]', becomes: 'VARCHAR[]', values: [['{1.2.3.4}', '[1.2.3.4]']] },
  { type: 'mood[]', becomes: 'VARCHAR[]', values: [['{sad,"o\'k"}', "[sad, 'o\\'k']"]] },
  { type: 'labels', becomes: 'VARCHAR[]', values: [['{a,b}', '[a, b]']] },
  { type: 'jsonb[]', becomes: 'JSON[]', values: [['{"{\\"a\\": 1}"}', '[{"a": 1}]']] },
  { type: 'interval[]', becomes: 'VARCHAR[]', values: [['{"-1 mons +2 days"}', '[-1 mons +2 days]']] },
  { type: 'int4range[]', becomes: 'VARCHAR[]', values: [['{"[1,2)"}', "['[1,2)']"]] },
  {
    type: 'point3',
    becomes: 'JSON',
    values: [
      ['(1,0.1,"a ""b"" \\\\")', '{"x":1,"y":0.1,"note":"a \\"b\\" \\\\"}'],
      ['(,NaN,)', '{"x":null,"y":"NaN","note":null}'],
    ],
  },
  { type: 'point3[]', becomes: 'JSON', values: [['{"(1,2,x)"}', '[{"x":1,"y":2,"note":"x"}]']] },
];

/** As DuckDB writes them. */
function floatCase(text: string): readonly [string, string] {
  return [text, { NaN: 'nan', Infinity: 'inf', '-Infinity': '-inf', '-0': '-0.0' }[text] ?? text];
}

/** Whatever may be in a text, and looks like something else in a file of lines. */
function textValues(): string[] {
  return [
    '',
    ' ',
    '\\N',
    'N',
    '\\',
    '\\\\n',
    '\\n',
    '\n',
    '\t\r\n\b\f\v',
    '"',
    '""',
    "'",
    ',',
    '\ufeffmark',
    '\u2028',
    'x\u0001\u007f',
    'ß😀é',
    '\\.',
    '#',
    'NULL',
    'a\\\nb',
  ];
}
