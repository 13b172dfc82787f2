import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type OpenPage, openPage } from './open-page.ts';

interface Wishes {
  /** What the server is set to. */
  readonly settings?: Parameters<typeof openPage>[0];
  /** Refusals of the server that are a part of these tests, by their HTTP status: the browser complains of them too. */
  readonly refusals?: readonly number[];
}

/** The dashboard as a test works with it: what stands there is looked up when it is asked for. */
export interface Dashboard extends OpenPage {
  main(): Locator;
  dialog(): Locator;
  /** Presses a button of the dialog. */
  press(name: string): Promise<void>;
  /** A field of the dialog. */
  field(name: string): Locator;
  /** A row of a table of the page by what it says. */
  rowOf(text: string): Locator;
}

/**
 * The dashboard of a server of its own for the tests around this call: opened before the first and closed after the last of them. A
 * test fails when the browser has complained.
 */
export function useDashboard({ settings, refusals = [] }: Wishes = {}): Dashboard {
  let opened: OpenPage;
  beforeAll(async () => {
    opened = await openPage(settings);
  });
  afterAll(() => opened?.close());
  afterEach(() => {
    const isRefusal = (complaint: string) => refusals.some((status) => complaint.includes(`status of ${status}`));
    expect(opened.complaints.splice(0).filter((complaint) => !isRefusal(complaint))).toEqual([]);
  });
  const main = () => opened.page.locator('main');
  const dialog = () => opened.page.getByRole('dialog');
  return {
    get browser() {
      return opened.browser;
    },
    get server() {
      return opened.server;
    },
    get stage() {
      return opened.stage;
    },
    get page() {
      return opened.page;
    },
    get complaints() {
      return opened.complaints;
    },
    open: (path) => opened.open(path),
    row: (id) => opened.row(id),
    close: () => opened.close(),
    main,
    dialog,
    press: (name) => dialog().getByRole('button', { name, exact: true }).click(),
    field: (name) => dialog().getByLabel(name, { exact: true }),
    rowOf: (text) => main().getByRole('row').filter({ hasText: text }),
  };
}
