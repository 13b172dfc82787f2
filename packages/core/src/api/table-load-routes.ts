import { z } from 'zod';
import { uuid } from '../model/common.ts';
import { shortText } from '../model/field-limits.ts';
import { TableLoad, TableLoadCreate, WholeTableLoad } from '../model/table-load.ts';
import { page } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'tables';

export const tableLoadRoutes = {
  'POST /table_loads/': defineRoute({
    summary: 'Tell of a load that was committed to a warehouse; the same load again changes nothing',
    tag,
    body: TableLoadCreate,
    ok: TableLoad,
    status: 201,
    ours: true,
  }),
  'POST /table_loads/filter': defineRoute({
    summary: 'List loads of tables, newest first',
    tag,
    body: z
      .strictObject({
        warehouse: shortText.optional(),
        table: shortText.optional(),
        /** A part of the name. */
        table_like: shortText.optional(),
        /** Of each table the newest load only, by the names of the tables. */
        newest: z.boolean().default(false),
        ...page,
      })
      .prefault({}),
    ok: z.array(TableLoad),
    ours: true,
  }),
  'GET /table_loads/{id}': defineRoute({
    summary: 'Read a load with columns, first rows and quarantine',
    tag,
    params: z.object({ id: uuid }),
    ok: WholeTableLoad,
    ours: true,
  }),
};
