"""`python -m grafana.build`: write the boards. The JSON is committed, and a test says when it is not what this writes."""

import json
from pathlib import Path
from typing import Final

from grafana.overview import overview

DASHBOARDS: Final = Path(__file__).parent / "dashboards"


def rendered() -> dict[Path, str]:
    """Every board's text, by the file that it belongs in."""
    board = overview()
    return {DASHBOARDS / f"{board['uid']}.json": json.dumps(board, indent=2, ensure_ascii=False) + "\n"}


def main() -> None:
    """Write each board to its file."""
    for path, text in rendered().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(Path(__file__).parent.parent)}")


if __name__ == "__main__":
    main()
