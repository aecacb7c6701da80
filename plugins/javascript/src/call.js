// How a runner was called, as far as its arguments tell.

/**
 * The arguments that are no options and no option's value.
 * @param {readonly string[]} given
 * @param {RegExp} valued options whose value is the next argument
 */
export function positionals(given, valued) {
  return given.filter((argument, at) => !argument.startsWith("-") && !valued.test(given[at - 1] ?? ""));
}

/**
 * Options with their values, as one text each.
 * @param {readonly string[]} given
 * @param {RegExp} wanted
 * @param {RegExp} valued options whose value is the next argument
 */
export function options(given, wanted, valued) {
  return given.flatMap((argument, at) => {
    const name = argument.split("=", 1)[0] ?? "";
    if (!wanted.test(name)) return [];
    return [valued.test(argument) ? `${argument} ${given[at + 1] ?? ""}`.trim() : argument];
  });
}
