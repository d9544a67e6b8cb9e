"""Modules that are joined compute what they computed apart, and what can't be joined is named."""

from pathlib import Path

import pytest

from model.export.one_script import one_script


def write(folder: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (folder / f"{name}.js").write_text(source)
    return folder / "main.js"


def test_what_a_module_imports_comes_before_it_and_once(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        main='import { twice, ONE as UNIT } from "./twice.js"\nimport {\n  ONE,\n} from "./one.js"\n'
        "window.sum = twice(UNIT + ONE)\n",
        twice='import { ONE } from "./one.js"\nexport function twice(x) {\n  return 2 * x * ONE\n}\nexport { ONE }\n',
        one="export const ONE = 1 // import is a word\n",
    )
    with pytest.raises(ValueError, match=r"twice\.js: can't join 'export \{ ONE \}'"):
        one_script(entry)
    write(tmp_path, twice='import { ONE as UNIT } from "./one.js"\nexport const ONE = UNIT\nexport class twice {}\n')
    script = one_script(entry)
    assert script == (
        '"use strict"\n'
        "const $one = (() => {\nconst ONE = 1 // import is a word\nreturn { ONE }\n})()\n"
        "const $twice = (() => {\nconst { ONE: UNIT } = $one\nconst ONE = UNIT\nclass twice {}\n"
        "return { ONE, twice }\n})()\n"
        "const $main = (() => {\nconst { twice, ONE: UNIT } = $twice\nconst { ONE } = $one\n"
        "window.sum = twice(UNIT + ONE)\nreturn {}\n})()\n"
    )


def test_a_module_that_imports_itself_is_named(tmp_path: Path) -> None:
    entry = write(
        tmp_path, main='import { a } from "./a.js"\n', a='import { b } from "./main.js"\nexport const a = 1\n'
    )
    with pytest.raises(ValueError, match=r"main\.js imports itself, through main\.js and a\.js"):
        one_script(entry)


@pytest.mark.parametrize("source", ['import x from "./x.js"\n', "export default 1\n", 'import * as x from "./x.js"\n'])
def test_other_imports_and_exports_are_named(tmp_path: Path, source: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js: can't join"):
        one_script(write(tmp_path, main=source))
