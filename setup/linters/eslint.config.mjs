// Run by setup/lint, which copies this file beside the installed packages.
import js from "@eslint/js";
import jsdoc from "eslint-plugin-jsdoc";
import globals from "globals";

export default [
    js.configs.recommended,
    {
        files: ["**/*.js"],
        plugins: { jsdoc },
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {
                ...globals.browser,
                luxon: "readonly",
                odoo: "readonly",
                owl: "readonly",
            },
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            curly: ["error", "all"],
            eqeqeq: ["error", "always", { null: "ignore" }],
            "max-lines": ["error", 300],
            "no-console": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-shadow": ["error", { builtinGlobals: false }],
            "no-unused-vars": ["error", { args: "after-used" }],
            "no-useless-concat": "error",
            "no-var": "error",
            "prefer-const": "error",
            "jsdoc/check-param-names": "error",
            "jsdoc/check-tag-names": "error",
        },
    },
];
