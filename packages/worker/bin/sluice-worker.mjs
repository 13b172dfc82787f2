#!/usr/bin/env node
// A worker with nothing else of Sluice: the package as it is installed. In a clone it is `npx sluice worker start`.
import '../dist/program/main.js';
