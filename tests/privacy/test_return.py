"""Who was forgotten does not come back with a re-import, under any spelling, also after the keys have rotated."""

import json

from collector.cli import main

HEAD = "source_contact_id,created_ts,channel,requester_id\n"


def test_a_reimport_brings_back_everybody_else(store, dsn, tmp_path, capsys):
    file = tmp_path / "desk.csv"
    file.write_text(
        f"{HEAD}1,2026-11-20T10:00:00Z,phone,ann@example.org\n2,2026-11-20T10:00:00Z,phone,bob@example.org\n"
        "3,2026-11-20T10:00:00Z,email, Ann@Example.org\n4,2026-11-20T10:00:00Z,email,\n"
    )
    where = ["--dsn", dsn, "--data-dir", str(tmp_path)]

    def kept():
        sql = "SELECT source_contact_id FROM snag_experience.support_contacts FINAL ORDER BY 1"
        return [row[0] for row in store.client.query(sql).result_rows]

    assert main(["contacts", "import", str(file), *where]) == 0
    assert kept() == ["1", "2", "3", "4"]
    assert main(["privacy", "erase", "--subject", "desk:ann@example.org", *where]) == 0
    assert kept() == ["2", "4"]
    for _ in range(2):
        capsys.readouterr()
        main(["contacts", "import", str(file), "--json", *where])
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["read"] >= 2
        assert kept() == ["2", "4"]
        assert main(["privacy", "rotate", "--data-dir", str(tmp_path)]) == 0
