/** What is wrong with a template, and in which line. */
export interface TemplateFault {
  readonly line: number;
  readonly message: string;
}

/** Prefect's: a template that could loop for ever costs its server too much. */
const MOST_LOOPS = 10;
const MOST_NESTED_LOOPS = 2;

/** Statements that end with one of their own name, and what may stand between. */
const BLOCKS: { readonly [name: string]: readonly string[] } = {
  for: ['else'],
  if: ['elif', 'else'],
  set: [],
  macro: [],
  call: [],
  filter: [],
  with: [],
  block: [],
  autoescape: [],
};
const SINGLE = ['extends', 'print', 'include', 'from', 'import', 'do', 'break', 'continue'];
const CLOSERS: { readonly [opener: string]: string } = { '(': ')', '[': ']', '{': '}' };

type Token = { readonly kind: 'print' | 'statement'; readonly inner: string; readonly line: number };

const OPENING = /\{([{%#])/g;
const RAW = /\{%[-+]?\s*raw\s*[-+]?%\}([\s\S]*?)\{%[-+]?\s*endraw\s*[-+]?%\}/g;

/** Where an expression or a statement ends; texts in quotes may hold what looks like it. */
function endOf(text: string, from: number, end: string): number {
  for (let index = from; index < text.length; index++) {
    const char = text[index] as string;
    if (char === '"' || char === "'") {
      index = text.indexOf(char, index + 1);
      if (index < 0) return -1;
    } else if (text.startsWith(end, index)) return index;
  }
  return -1;
}

function readTokens(text: string): Token[] | TemplateFault {
  const tokens: Token[] = [];
  const lineAt = (index: number) => text.slice(0, index).split('\n').length;
  let from = 0;
  for (;;) {
    OPENING.lastIndex = from;
    const opening = OPENING.exec(text);
    if (!opening) return tokens;
    const start = opening.index + 2;
    const end = { '{': '}}', '%': '%}', '#': '#}' }[opening[1] as string] as string;
    const at = opening[1] === '#' ? text.indexOf(end, start) : endOf(text, start, end);
    if (at < 0) return { line: lineAt(opening.index), message: `unexpected end of template, expected '${end}'.` };
    const inner = text.slice(start, at).replace(/^[-+]/, '').replace(/-$/, '').trim();
    if (opening[1] !== '#') tokens.push({ kind: opening[1] === '{' ? 'print' : 'statement', inner, line: lineAt(opening.index) });
    from = at + 2;
  }
}

/** Brackets that do not match, operators without something at their side. */
function expressionFault(expression: string): string | undefined {
  const bare = expression.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '0');
  if (bare.trim() === '') return "Expected an expression, got 'end of print statement'";
  const open: string[] = [];
  for (const char of bare) {
    if (CLOSERS[char]) open.push(CLOSERS[char]);
    else if (')]}'.includes(char) && open.pop() !== char) return `unexpected '${char}'`;
  }
  const missing = open.pop();
  if (missing) return `unexpected end of template, expected '${missing}'.`;
  if (/["']/.test(bare)) return 'unexpected char in a text without an end';
  if (/[|.+*/%~=<>-]\s*$|\b(?:and|or|not|in|is|if|else)\s*$/.test(bare)) return "unexpected 'end of statement block'";
  if (
    /[^\s]\s+(?!and\b|or\b|not\b|in\b|is\b|if\b|else\b)\w/.test(
      bare.replaceAll(/\b(?:and|or|not|in|is|if|else)\b|[^\w\s.]/g, '+').replaceAll(/\s*\+\s*/g, '+'),
    )
  )
    return "expected token 'end of print statement'";
  return undefined;
}

interface Open {
  readonly name: string;
  readonly line: number;
}

const opens = (name: string, rest: string) => Object.hasOwn(BLOCKS, name) && !(name === 'set' && rest.includes('='));

function statementFault({ inner, line }: Token, open: Open[]): string | undefined {
  const [, name = '', rest = ''] = /^(\w*)\s*([\s\S]*)$/.exec(inner) ?? [];
  const current = open.at(-1);
  if (name.startsWith('end')) {
    if (current?.name === name.slice('end'.length)) open.pop();
    else return current ? `Encountered unknown tag '${name}'. Jinja was looking for 'end${current.name}'.` : `Encountered unknown tag '${name}'.`;
  } else if (opens(name, rest)) open.push({ name, line });
  else if (name !== 'set' && !SINGLE.includes(name) && !(current && BLOCKS[current.name]?.includes(name)))
    return `Encountered unknown tag '${name}'.`;
  if (name === 'for' && !/^[\w\s,()]+\sin\s+\S/.test(rest)) return "expected token 'in'";
  return name === 'if' || name === 'elif' ? expressionFault(rest) : undefined;
}

/** The first fault of a Jinja template, as Prefect 3's server looks for one before an automation keeps the template. */
export function jinjaFault(template: string): TemplateFault | undefined {
  const tokens = readTokens(template.replaceAll(RAW, (_, raw: string) => raw.replaceAll(/[^\n]/g, ' ')));
  if (!Array.isArray(tokens)) return tokens;
  const open: Open[] = [];
  let loops = 0;
  for (const token of tokens) {
    const message = token.kind === 'print' ? expressionFault(token.inner) : statementFault(token, open);
    if (message) return { line: token.line, message };
    if (token.kind === 'statement' && /^for\b/.test(token.inner)) loops += 1;
    if (loops > MOST_LOOPS) return { line: token.line, message: `Contains more than ${MOST_LOOPS} for loops.` };
    if (open.filter(({ name }) => name === 'for').length > MOST_NESTED_LOOPS)
      return { line: token.line, message: `Contains for loops nested more than ${MOST_NESTED_LOOPS} deep.` };
  }
  const left = open.at(-1);
  return left && { line: left.line, message: `Unexpected end of template. Jinja was looking for 'end${left.name}'.` };
}
