import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';

// Writes the URL of every file that is loaded to standard error.
registerHooks({
  load: (url, context, next) => {
    if (url.startsWith('file:')) writeSync(2, `${url}\n`);
    return next(url, context);
  },
});
