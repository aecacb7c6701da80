// Written by `make generate` from fixloop_schemas; a test compares.
export const rules = {
  "roles": {
    "patterns": {
      "outside": "/|~|\\.\\.(/|(?=\\n?$))|[a-z]:/",
      "scratch": "(\\.?(tmp|temp|scratch|scratchpad|playground|sandbox)/[^\\n]*|repro(duce|duction|ducer)?([_\\-][^/]*)?/[^\\n]*|([^/]*[_\\-])?repro(duce|duction|ducer)?([_\\-.\\p{Nd}][^/]*)?|(tmp|scratch)[^/]*|temp[_\\-][^/]*|demo[_\\-][^/]*|poc([_\\-][^/]*)?\\.[^/]*|test[_\\-](repro|fix|issue|script|debug)[^/]*|(add|analy[sz]e|apply|check|debug|fix|inspect|investigate|modify|patch|run[_\\-]?tests?|try|update|verify)[_\\-][^/]*\\.(py|sh|js|mjs|ts|go|rb|pl|patch|diff|txt))",
      "copy": "[^\\n]*\\.[a-z]{1,4}([._](backup|bak|fix|new|old|orig|part|patch[\\p{L}\\p{N}_]*|rej|revert|save|tmp)[\\p{Nd}]*|~)",
      "data_folder": "(^|/)(testdata|test[_\\-]data|(__)?fixtures?(__)?|__snapshots__|snapshots)/",
      "prose": "\\.(md|mdx|rst|adoc|asciidoc)(?=\\n?$)|^(changelog|changes|newsfragments|releasenotes)/",
      "main_folder": "(^|/)src/main/",
      "test_folder": "(^|/)(tests?|testing|__tests__|__mocks__|e2e|cypress|([^/]*[._\\-])?(unit|integration|e2e|functional)?[_\\-]?tests?|test[_\\-]?(cases|helpers?|lib|support|utils?)|step_definitions)/",
      "spec_folder": "(^|/)specs?/[^\\n]*\\.(rb|[cm]?[jt]sx?|coffee|exs?|lua|php)(?=\\n?$)",
      "test_name": "(^|/)(test_[^/]*\\.py|conftest\\.py|tests\\.(py|rs)|[^/]*_tests?\\.(py|go|rs|rb|c|cc|cpp|exs?|dart|php)|[^/]*_spec\\.(rb|lua|js|ts)|[^/]*[.\\-_](test|spec|cy|e2e)s?\\.[cm]?[jt]sx?|[^/]*\\.(test|spec)\\.[a-z]+|[^/]*\\.(snap|feature)|test[_\\-]?(helpers?|setup|utils?)\\.[a-z]+|setup[_\\-]?tests?\\.[jt]sx?|(jest|vitest)\\.setup\\.[cm]?[jt]s)(?=\\n?$)|^tests?\\.[a-z]+(?=\\n?$)",
      "test_class": "(^|/)([\\p{L}\\p{N}_]*[a-z0-9](Tests?|TestCase|Spec|IT)|Test[A-Z][\\p{L}\\p{N}_]*)\\.(java|kt|scala|cs|swift|groovy|php|vb|fs)(?=\\n?$)",
      "config": "(^|/)([^/]*\\.(toml|ya?ml|ini|cfg|conf|properties|gradle|lock|env|json5?|jsonc|xml|mod|sum|spec|bzl|bazel|cabal|csproj|sln|cmake)|\\.[^/]+|(gnu)?makefile|justfile|(docker|jenkins|rake|gem|proc|pip|vagrant|brew)file[^/]*|workspace|setup\\.py|[^/]*\\.gradle\\.kts|[^/]*\\.config\\.[cm]?[jt]s|[^/]*requirements[^/]*\\.(txt|in)|requirements/[^/]*\\.(txt|in)|cmakelists\\.txt|constraints[^/]*\\.txt)(?=\\n?$)",
      "docs_folder": "^(changes|changelog|releasenotes)/|(^|/)(docs?|documentation|newsfragments)/",
      "docs_name": "(^|/)((licen[cs]e|copying|notice|authors|contributors|changelog|changes|history|news|readme|contributing)([.\\-_][^/]*)?|(?<!templates/)[^/]*\\.txt)(?=\\n?$)",
      "source": "\\.(py[xiw]?|pxd|ipynb|go|rs|java|kts?|scala|groovy|[cm]?[jt]sx?|vue|svelte|astro|rb|erb|haml|slim|rake|php|twig|cs|fsx?|vb|razor|cshtml|swift|mm?|cc?|hh?|cpp|hpp|cxx|hxx|cu|cuh|zig|nim|lua|p[lm]|r|jl|exs?|eex|heex|erl|hs|elm|mli?|clj[sc]?|el|lisp|rkt|dart|f90|asm|s|sh|bash|zsh|fish|ps1|bat|sql|proto|thrift|avsc|prisma|graphql|gql|html?|css|scss|sass|less|sol|sv|vhdl?|nix|tf|jinja2?|j2|tmpl|tpl|ejs|hbs|mustache|liquid|njk)(?=\\n?$)",
      "template_text": "(^|/)templates?/[^\\n]*\\.txt(?=\\n?$)"
    },
    "workspaces": [
      "apps",
      "components",
      "crates",
      "libs",
      "modules",
      "packages",
      "plugins",
      "projects",
      "services",
      "tests"
    ],
    "helperFolders": [
      "test",
      "testing"
    ],
    "longest": 4096
  },
  "masking": {
    "version": 1,
    "maxMasked": 2000,
    "maxRead": 65536,
    "chosen": "[\\\\/]([a-z]+(?:[_\\-][a-z]+)*\\.[a-z]{1,5})(?=\\n?$)",
    "rules": [
      [
        "\\x1b\\[[0-9;?]*[A-Za-z]",
        ""
      ],
      [
        "\\x1b",
        ""
      ],
      [
        "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+",
        " "
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[a-z][a-z0-9+.\\-]{1,15}://[^\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'\"<>]+",
        "<url>"
      ],
      [
        "(?<=['\"(`])(?:[A-Za-z]:)?[\\\\/][^'\"()`<>\\\\/]+[\\\\/][^'\"()`<>]*(?=['\")`])",
        "PATH"
      ],
      [
        "(?:[A-Za-z]:)?(?<![\\p{L}\\p{N}_.<>])[\\\\/](?:[\\p{L}\\p{N}_.+@~%\\-]+[\\\\/])+[\\p{L}\\p{N}_.+@~%\\-]*|(?<![\\p{L}\\p{N}_.<>\\\\/])/tmp(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))(?![\\p{L}\\p{N}_.\\-])",
        "PATH"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))",
        "<uuid>"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[\\p{Nd}]{4}-[\\p{Nd}]{2}-[\\p{Nd}]{2}[T ][\\p{Nd}]{2}:[\\p{Nd}]{2}(?::[\\p{Nd}]{2}(?:[.,][\\p{Nd}]+)?)?(?:Z|[+\\-][\\p{Nd}]{2}:?[\\p{Nd}]{2})?",
        "<time>"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[\\p{Nd}]{4}[-/][\\p{Nd}]{2}[-/][\\p{Nd}]{2}(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))|(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[\\p{Nd}]{2}:[\\p{Nd}]{2}:[\\p{Nd}]{2}(?:[.,][\\p{Nd}]+)?(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))",
        "<time>"
      ],
      [
        "(?:(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))localhost|(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))127\\.0\\.0\\.1|(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))0\\.0\\.0\\.0|\\[::1\\]):[\\p{Nd}]+",
        "<port>"
      ],
      [
        "(\\.[A-Za-z][\\p{L}\\p{N}_]{0,4}|>)(?::[\\p{Nd}]+)+(?=[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000:,)\\]}]|(?=\\n?$))",
        "$1:<line>"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))line [\\p{Nd}]+|\\([\\p{Nd}]+:[\\p{Nd}]+\\)",
        ":<line>"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[\\p{Nd}]+(?:\\.[\\p{Nd}]+)?[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]?(?:ns|\u00b5s|us|ms|s|secs?|seconds?|mins?|minutes?|hours?|(?:milli|micro|nano)seconds?)(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))",
        "<duration>"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[\\p{Nd}]+\\.[\\p{Nd}]+(?:[eE][+\\-]?[\\p{Nd}]+)?(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))",
        "<n>"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))0[xX][0-9a-fA-F]{4,}(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))|(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))(?=[0-9a-fA-F]*[\\p{Nd}])[0-9a-fA-F]{12,}(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))|(?<=[\\p{L}\\p{N}_])@[0-9a-f]{5,8}(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))",
        "<hex>"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))([Tt]hread|[Ww]orker|[Pp]ool|[Gg]oroutine|[Pp]rocess|[Pp]id|PID)([- =#]?)[\\p{Nd}]+(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))",
        "$1$2<n>"
      ],
      [
        "(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[\\p{Nd}]+[eE][+\\-]?[\\p{Nd}]+(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))|(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))[\\p{Nd}]{4,}(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))",
        "<n>"
      ],
      [
        "\\{([^{}]*)\\}",
        "IN_ORDER"
      ]
    ]
  },
  "failures": {
    "maxRead": 262144,
    "maxLines": 40,
    "advice": [
      "If this is a long-running test",
      "Add a timeout value to this test"
    ],
    "repeated": "Error: Failed to load url ",
    "patterns": {
      "colours": "\\x1b\\[[0-9;?]*[A-Za-z]|\\x1b\\]8;[^\\x1b\\x07]*(?:\\x07|\\x1b\\\\)",
      "foreign": "(?:^|/)(?:site-packages|dist-packages|\\.venv|\\.tox|\\.nox|node_modules|vendor)/|/lib/python[\\p{Nd}]|^<|^node:|/pkg/mod/|/rustc/|/\\.cargo/registry/|/library/(?:std|core|alloc|test)/src/",
      "heading": "^[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*(?:\u25cf |FAIL  )",
      "at": "^[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*at (?:(?:async )?([^()]+?) \\()?([^()]+?|[^\\n]*\\.[cm]?[jt]sx?):[\\p{Nd}]+(?::[\\p{Nd}]+)?\\)?(?=\\n?$)",
      "arrow": "^[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*\\u276f ([^\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000][^\\n]*):[\\p{Nd}]+:[\\p{Nd}]+(?=\\n?$)",
      "code": "^[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*(?:>[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*)?(?:[\\p{Nd}]+[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*)?\\|",
      "cause": "^[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*(?:Cause:|Caused by:|\\[cause\\]:|\\[Caused by:)[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*([^\\n]*)(?=\\n?$)",
      "type": "^((?:[A-Z][\\p{L}\\p{N}_]*)?(?:Error|Exception|Failure|Rejection))(?:: ([^\\n]*))?(?=\\n?$)",
      "matcher": "^expect\\(",
      "prefix": "^(?:error: )?(?:Error: (?=expect\\())?",
      "changed": "^[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*[-+] ",
      "changes": "^[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*@@ ",
      "titles": "^[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*[-+] (?:Expected|Received)(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))",
      "parsed": "^(SyntaxError): [^\\n]*?\\.[cm]?[jt]sx?: ([^\\n]*?)(?: \\([\\p{Nd}]+:[\\p{Nd}]+\\))?(?=\\n?$)",
      "receiver": "^(?:async )?(?:new )?(?:Module|Object|Array|Proxy|Function)\\.",
      "as": " \\[as ([^\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+)\\](?=\\n?$)"
    }
  },
  "limits": {
    "event": 262144,
    "name": 256,
    "testName": 1024,
    "tail": 16
  }
};
