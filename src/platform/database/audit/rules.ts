/** Why each rule matters, by its id. */
const WHY: Readonly<Record<string, string>> = {
  'cross-schema-foreign-key':
    "One module's rows hold another's in place, and neither can move or delete without the other.",
  'cross-schema-view': "A view reads with its owner's rights what its reader may not.",
  'cross-schema-materialized-view': "It keeps a copy of another module's rows, behind its back.",
  'cross-schema-trigger': "One module's writes run another's code, in the same transaction.",
  'cross-schema-rule': "One module's statements are rewritten into another's tables.",
  'cross-schema-policy': "Who sees a module's rows depends on another's tables.",
  'cross-schema-inheritance': "Reading one module's table reads another's rows.",
  'cross-schema-partition': "One module's rows lie in another's table.",
  'opaque-body':
    'The function works, or fails at run time, by what is in another schema; no catalog says so.',
  'security-definer': "Whoever may call it acts with its owner's rights.",
  'untrusted-language': 'It may read files and memory, whatever its caller may.',
  'function-setting': 'Names in its body mean what is in another schema.',
  'privilege-for-public': 'Every role of the server has it, each module included.',
  'privilege-for-module':
    'A module has DML in its own schema, reads where modules are, and has nothing else anywhere.',
  'privilege-for-stranger': "Somebody who is no module reads or writes behind the module's back.",
  'grant-option': 'It may be passed on, to anybody.',
  'missing-privilege': 'The module will be refused at its own table.',
  'default-privilege': 'What the next migration makes will be open to others.',
  'missing-default-privilege': 'The module will be refused at what the next migration makes.',
  'role-attribute': "A module's role has no attribute but LOGIN.",
  'role-membership': 'A member may become the role: SET ROLE walks through the wall.',
  'role-limit': 'The limits are what keeps one module from taking every connection.',
  'role-expiry': 'From then on the module cannot connect.',
  'role-setting': 'Time-outs and the search_path belong to the role; code relies on them.',
  'database-setting': 'It holds for whoever has none of its own.',
  'unknown-role': 'It can connect, and no manifest says why.',
  'missing-role': 'The module cannot connect, or not migrate.',
  'missing-schema': 'The module has nowhere to keep its rows.',
  'schema-owner': 'The owner of a schema may drop it, and all that is in it.',
  'object-owner': 'Its owner may change it and grant it to anybody; the migrations may not.',
  'owned-elsewhere':
    'A role owns things in its own schema only; an owner may do anything with them.',
  'unknown-schema': 'Nobody is responsible for it, and modules could meet there.',
  'object-in-public': 'What lies in a common place becomes common.',
  'object-in-platform':
    'There it is kept which module is where, and nothing else: every module may look in.',
  'event-trigger': 'It runs at every DDL statement of every module.',
  publication: "Whoever subscribes reads the modules' rows.",
  subscription: 'It writes rows that no module wrote.',
  server: 'By way of it, statements reach other databases.',
  'foreign-data-wrapper': 'By way of it, statements reach other databases.',
  extension: 'It brings functions and types that belong to no module, and may open ways out.',
  language: 'Functions in it may do more than SQL does.',
  cast: 'It changes what an expression means in every module.',
  'large-object': 'Large objects lie outside of every schema, where no wall stands.',
  'replication-slot': 'It keeps the log until it is read: a forgotten one fills the disk.',
};

const DEPENDENCY = 'One schema cannot be changed, moved or dropped without the other.';
const SERVER_WIDE = 'It works across all schemas and belongs to no module.';

/** Worth knowing, and often right: a backup or a stand-by has one. */
const NOTES = new Set(['replication-slot']);

/** Why a rule matters. */
export const whyOf = (rule: string) =>
  WHY[rule] ?? (rule.startsWith('cross-schema-') ? DEPENDENCY : SERVER_WIDE);

export const levelOf = (rule: string) => (NOTES.has(rule) ? 'note' : 'finding');
