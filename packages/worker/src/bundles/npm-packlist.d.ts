/** What we use of it. */
declare module 'npm-packlist' {
  interface Tree {
    readonly path: string;
    readonly package: object;
    readonly isProjectRoot: true;
    readonly edgesOut: ReadonlyMap<string, unknown>;
  }
  interface Options {
    /** The folder whose ignore files count too, when it stands above that of the project. */
    readonly prefix?: string;
    readonly workspaces?: readonly string[];
  }
  function packlist(tree: Tree, options?: Options): Promise<string[]>;
  export = packlist;
}
