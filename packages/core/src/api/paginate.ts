import { z } from 'zod';
import { natural, positive } from '../model/common.ts';
import { page } from './filter-schema.ts';

/** A page by its number, as Prefect 3.x asks for it. */
export const pageNumber = { limit: page.limit, page: positive.default(1) };

/** The page, and how many pages and records there are. With a limit of 0 there are no pages, as in Prefect 3.9.1. */
export const paginated = <R extends z.ZodType>(record: R) =>
  z.object({ results: z.array(record), count: z.int(), limit: natural, pages: z.int(), page: positive });
