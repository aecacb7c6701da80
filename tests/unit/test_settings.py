"""Settings: the environment before the file, one sentence for what cannot be, and what emitters may pass over."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fixloop.emitter_settings import EmitterSettings
from fixloop.errors import UsageError
from fixloop.kafka_connection import KafkaConnection, Mechanism, Security
from fixloop.settings import Settings
from fixloop.settings_sources import Origin, Sources


def _environment(folder: Path, text: str = "", **variables: str) -> Mapping[str, str]:
    """An environment whose file says `text`."""
    file = folder / "config.toml"
    file.write_text(text)
    return {"FIXLOOP_CONFIG": str(file), "HOME": str(folder), **variables}


def _settings(folder: Path, text: str = "", **variables: str) -> Settings:
    return Settings.from_environment(_environment(folder, text, **variables))


def test_without_anything_it_is_one_machine(tmp_path: Path) -> None:
    """Defaults need no file and no variable but HOME."""
    settings = Settings.from_environment({"HOME": str(tmp_path)})
    assert (KafkaConnection("127.0.0.1:9092"), None, 0.6) == (
        settings.kafka,
        settings.clickhouse_dsn,
        settings.alert_threshold,
    )
    assert tmp_path / ".local/share/fixloop" == settings.data_directory
    assert tmp_path / ".local/state/fixloop/spool" == settings.spool_directory


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    """What the file says counts where the environment says nothing; an empty variable takes it back."""
    text = 'kafka = "file:9092"\nalert_threshold = 0.7\nclickhouse_dsn = "clickhouse://file/fixloop"\n'
    settings = _settings(tmp_path, text, FIXLOOP_KAFKA="environment:9092", FIXLOOP_CLICKHOUSE_DSN="")
    assert ("environment:9092", 0.7, None) == (
        settings.kafka.bootstrap,
        settings.alert_threshold,
        settings.clickhouse_dsn,
    )
    sources = Sources.of(_environment(tmp_path, text, FIXLOOP_KAFKA="environment:9092"))
    assert [Origin.ENVIRONMENT, Origin.FILE, Origin.DEFAULT] == [
        sources.origin(variable, secret=False)
        for variable in ("FIXLOOP_KAFKA", "FIXLOOP_ALERT_THRESHOLD", "FIXLOOP_DATA")
    ]


def test_the_users_file_is_found(tmp_path: Path) -> None:
    """Without FIXLOOP_CONFIG it is config.toml in fixloop's folder of XDG_CONFIG_HOME, else of .config."""
    for variable, folder in (("XDG_CONFIG_HOME", tmp_path / "xdg"), ("HOME", tmp_path / ".config")):
        (folder / "fixloop").mkdir(parents=True)
        (folder / "fixloop/config.toml").write_text(f'kafka = "{folder.name}:1"')
        environment = {"HOME": str(tmp_path), variable: str(folder if variable != "HOME" else tmp_path)}
        assert f"{folder.name}:1" == Settings.from_environment(environment).kafka.bootstrap


def test_a_secret_may_be_in_a_file_of_its_own(tmp_path: Path) -> None:
    """As containers get them: the variable with _FILE behind its name says where; it is not shown by accident."""
    (tmp_path / "password").write_text("geheim\n")
    user = {"FIXLOOP_KAFKA_SECURITY": "SASL_SSL", "FIXLOOP_KAFKA_USERNAME": "fixloop"}
    settings = _settings(tmp_path, FIXLOOP_KAFKA_PASSWORD_FILE=str(tmp_path / "password"), **user)
    assert ("geheim", False) == (settings.kafka.password, "geheim" in repr(settings))
    # What is nearer counts, in whichever of the two ways it is said.
    near = {"FIXLOOP_KAFKA_PASSWORD": "near"}
    text = f'kafka_password_file = "{tmp_path / "password"}"'
    assert "near" == _settings(tmp_path, text, **user, **near).kafka.password
    key = EmitterSettings.from_environment(
        _environment(tmp_path, FIXLOOP_DIGEST_KEY_FILE=str(tmp_path / "password"))
    )
    assert (b"geheim", False) == (key.digest_key, "geheim" in repr(key))


@pytest.mark.parametrize(
    ("text", "variables", "named"),
    [
        ("kafka = ", {}, "config.toml is no TOML"),
        ('kafak = "a:1"', {}, "no setting 'kafak'"),
        ("kafka = 9092.5", {"FIXLOOP_ALERT_THRESHOLD": "much"}, "FIXLOOP_ALERT_THRESHOLD"),
        ('kafka = ["a:1"]', {}, "kafka has to be a text"),
        ("", {"FIXLOOP_CONFIG": "/no/such/config.toml"}, "/no/such/config.toml"),
        (
            "",
            {"FIXLOOP_LEVEL": "all"},
            "FIXLOOP_LEVEL has to be one of digests, paths, masked_text, not 'all'",
        ),
        ("", {"FIXLOOP_KAFKA_SECURITY": "TLS"}, "FIXLOOP_KAFKA_SECURITY has to be one of PLAINTEXT, SSL"),
        ("", {"FIXLOOP_KAFKA_SECURITY": "SASL_SSL"}, "FIXLOOP_KAFKA_USERNAME"),
        ("", {"FIXLOOP_KAFKA_USERNAME": "fixloop"}, "set it to SASL_SSL"),
        ("", {"FIXLOOP_KAFKA_CA_FILE": "/ca.pem"}, "set it to SSL or SASL_SSL"),
        ("", {"FIXLOOP_KAFKA_MECHANISM": "GSSAPI"}, "FIXLOOP_KAFKA_MECHANISM"),
        ("", {"FIXLOOP_KAFKA_PASSWORD": "a", "FIXLOOP_KAFKA_PASSWORD_FILE": "b"}, "are both set"),
        ("", {"FIXLOOP_KAFKA_PASSWORD_FILE": "/no/such/secret"}, "/no/such/secret"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, text: str, variables: dict[str, str], named: str) -> None:
    """One sentence, with the name of the variable or key; no traceback, and no secret."""
    with pytest.raises(UsageError, match=named.replace("[", r"\[")):
        _settings(tmp_path, text, **variables)


def test_an_emitter_reads_only_what_it_needs(tmp_path: Path) -> None:
    """A file that is newer than the emitter, or wrong in what others need, does not silence it."""
    text = 'spool = "/spool"\nalert_threshold = "much"\nfuture = 1\n[worker]\nfuture = 2\n'
    assert Path("/spool") == EmitterSettings.from_environment(_environment(tmp_path, text)).spool_directory


def test_both_clients_get_the_same_connection(tmp_path: Path) -> None:
    """What kafka-python and Faust are told comes from one value; a certificate that is none is named."""
    kafka = KafkaConnection(
        "a:1, b:2",
        Security.SASL_PLAINTEXT,
        mechanism=Mechanism.PLAIN,
        username="u",
        password="p",  # noqa: S106 -- of a test
    )
    assert {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "u",
        "sasl_plain_password": "p",
    } == kafka.client_options()
    assert {"bootstrap_servers": ["c:3"], "security_protocol": "PLAINTEXT"} == (
        KafkaConnection.of("a:1").at("c:3").client_options()
    )
    (tmp_path / "ca.pem").write_text("no certificate")
    for place in (tmp_path / "ca.pem", tmp_path / "absent.pem"):
        with pytest.raises(UsageError, match="FIXLOOP_KAFKA_CA_FILE"):
            KafkaConnection(security=Security.SSL, ca_file=place).client_options()
