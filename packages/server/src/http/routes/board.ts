import { readBoard } from '../../store/board.ts';
import { missing } from '../found.ts';
import type { Deps, Handlers } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string}/board`>;

export const boardHandlers = ({ database: { sql } }: Deps): Handlers<Keys> => ({
  'GET /flow_runs/{id}/board': async ({ params }) => {
    const board = await readBoard(sql, params.id);
    if (!board) throw missing(`Flow run ${params.id}`);
    return board;
  },
});
