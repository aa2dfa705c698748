/**
 * Somebody else's validator of JSON schemas, the npm package `ajv`. Reads one JSON array,
 * the schema and then values; prints which of the values the schema allows, as an array.
 *
 * The package is found through NODE_PATH.
 */
const { readFileSync } = require("fs");
const Ajv = require("ajv/dist/2020");

const [schema, ...values] = JSON.parse(readFileSync(0, "utf-8"));
const allows = new Ajv({ strict: false, validateFormats: false }).compile(schema);
process.stdout.write(JSON.stringify(values.map((value) => allows(value))));
