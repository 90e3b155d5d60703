export { type Mention, type Opaque } from './mentions.js';
export { commentsOf, tokensOf, type Tree } from './parse.js';
export { type Reading, type ReadStatement, readSql } from './read.js';
export { beginsOther, readStatements, readTemplate } from './template.js';
