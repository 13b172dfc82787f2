import type { Sql } from '../db/database.ts';

const texts = async (rows: PromiseLike<readonly { text: string }[]>) => (await rows).map(({ text }) => text);

/**
 * Statements that make the schema of a database: domains, tables, what ties them, indexes, functions and triggers, without the wire's views and
 * what only they use. PostgreSQL's own words, from its catalog, in one order always.
 */
export async function dumpSchema(sql: Sql, { except }: { except: readonly string[] }): Promise<string> {
  const domains = texts(sql`
    select format('create domain %I as %s %s;', t.typname, format_type(t.typbasetype, t.typtypmod), pg_get_constraintdef(c.oid)) as text
    from pg_type t join pg_constraint c on c.contypid = t.oid where t.typnamespace = 'public'::regnamespace order by t.typname collate "C"`);
  const tables = texts(sql`
    select format(e'create %stable %I (\n%s\n)%s;', case c.relpersistence when 'u' then 'unlogged ' else '' end, c.relname,
      (select string_agg('  ' || line, e',\n' order by kind, place, line collate "C") from (
        select 1 as kind, a.attnum as place, format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          ' default ' || pg_get_expr(d.adbin, d.adrelid), case when a.attnotnull then ' not null' end) as line
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        union all
        select 2, 0, format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid))
        from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'c')
      ) lines), ' with (' || array_to_string(c.reloptions, ', ') || ')') as text
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname collate "C"`);
  const ties = texts(sql`
    select format('alter table %I add constraint %I %s;', c.relname, k.conname, pg_get_constraintdef(k.oid)) as text
    from pg_constraint k join pg_class c on c.oid = k.conrelid where k.contype = 'f' and c.relnamespace = 'public'::regnamespace
    order by c.relname collate "C", k.conname collate "C"`);
  const indexes = texts(sql`
    select pg_get_indexdef(i.indexrelid) || ';' as text
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and not exists (select from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u'))
    order by t.relname collate "C", c.relname collate "C"`);
  const functions = texts(sql`
    select rtrim(pg_get_functiondef(p.oid), e'\n') || ';' as text
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname <> all(${`{${except}}`}::text[]) order by p.proname collate "C"`);
  const triggers = texts(sql`
    select pg_get_triggerdef(t.oid) || ';' as text
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and c.relnamespace = 'public'::regnamespace
    order by c.relname collate "C", t.tgname collate "C"`);
  const parts = await Promise.all([domains, tables, ties, indexes, functions, triggers]);
  return parts.map((part, index) => part.join(index === 1 ? '\n\n' : '\n')).join('\n\n');
}
