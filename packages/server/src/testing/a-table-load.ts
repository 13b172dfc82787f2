import type { TableLoadCreate } from '@sluice/core/model/table-load';
import type { z } from 'zod';

/** A load of ten rows, one of them in quarantine. */
export const aTableLoad = (flow_run_id: string, load_id: string): z.input<typeof TableLoadCreate> => ({
  ...{ load_id, flow_run_id, warehouse: '/home/warehouse.duckdb', table: 'public.orders', source: 'shop', source_table: 'orders.csv' },
  ...{
    rows_read: 10,
    rows_loaded: 9,
    rows_quarantined: 1,
    bytes: 1234,
    seconds: 0.5,
    verify: 'sums',
    verified: true,
    committed: '2026-11-24T10:00:00Z',
    replay_of: null,
  },
  details: {
    parts: 1,
    columns: [{ name: 'id', source_name: 'id', source_type: 'text', type: 'BIGINT' }],
    columns_total: 1,
    notes: ['Column id is whole numbers.'],
    sums: { id: { n: '9', sum: '45' } },
    preview: { columns: ['id'], rows: [['1'], [null]] },
    quarantine: [{ id: 'a1', load_id, line: 3, column: 'id', reason: '"x" cannot be kept as BIGINT', raw: 'x', raw_length: 1, mended: null }],
  },
});
