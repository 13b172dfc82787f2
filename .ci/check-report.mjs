// A report of the demo: every table there, whole and verified.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
assert.equal(report.tables.length, 20);
assert.deepEqual(report.unreadable, []);
assert.deepEqual(report.totals, { tables: 20, verified: 20, rows_read: 4_112_051, rows_loaded: 4_112_051, rows_quarantined: 0 });
assert.ok(report.tables.every(({ verified, rows_read, rows_loaded }) => verified && rows_read === rows_loaded));
assert.equal(report.checks.length, 3);
assert.ok(report.checks.every(({ equal }) => equal));
console.log(`${report.totals.rows_loaded} rows of ${report.totals.tables} tables, verified`);
