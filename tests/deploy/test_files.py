"""The files of deploy/ say what their programs understand, and agree with one another and with the image."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import compose_spec
import kubernetes_validate
import pytest
import yaml

from model.common.settings import Settings
from tests.deploy.front import DEPLOY, make_certificate, need, nginx
from tests.paths import ROOT
from tools.app_server import free_port

DOCKERFILE = (ROOT / "Dockerfile").read_text()
CACHE = "/home/inkling/.cache/inkling"
USER = 10001
PORT = 8501
MANIFESTS = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.stem != "kustomization")
VERSIONS = ("1.28", "1.31", "1.34")


def compose() -> tuple[str, dict[str, Any]]:
    """compose.yaml with each variable's default, as Docker reads it: as text and as what it means."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (DEPLOY / "compose.yaml").read_text())
    return text, yaml.safe_load(text)


def manifest(kind: str) -> dict[str, Any]:
    """The one manifest of a kind."""
    (found,) = (read for path in MANIFESTS if (read := yaml.safe_load(path.read_text()))["kind"] == kind)
    return dict(found)


def container() -> dict[str, Any]:
    (found,) = manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    return dict(found)


def variables(text: str) -> set[str]:
    """The variables of the app and of Streamlit that a text names."""
    return set(re.findall(r"\b(?:INKLING|STREAMLIT)_[A-Z_]+\b", text))


def known_variables() -> set[str]:
    return {str(field.validation_alias) for field in Settings.model_fields.values()}


# -- Compose ------------------------------------------------------------------------------------------------------


def test_compose_understands_its_file() -> None:
    text, _ = compose()
    assert set(compose_spec.PyCompose.from_yaml(text).service_names()) == {"app", "proxy"}
    with pytest.raises(ValueError, match="restrat"):
        compose_spec.PyCompose.from_yaml(text.replace("restart:", "restrat:", 1))


def test_compose_can_start_more_replicas() -> None:
    _, read = compose()
    app = read["services"]["app"]
    # With a port of the machine or a name of its own, a second one could not start.
    assert not {"ports", "container_name"} & app.keys()
    assert app["expose"] == [str(PORT)]
    assert app["deploy"]["replicas"] == 2
    assert read["services"]["proxy"]["depends_on"]["app"]["condition"] == "service_healthy"


def test_compose_gives_the_app_one_volume_and_no_rights() -> None:
    _, read = compose()
    app = read["services"]["app"]
    assert app["read_only"]
    assert app["cap_drop"] == ["ALL"]
    assert app["security_opt"] == ["no-new-privileges:true"]
    (volume,) = app["volumes"]
    assert volume == f"data:{CACHE}"
    assert {"certificates", "data"} == read["volumes"].keys()


def test_compose_sets_variables_that_the_app_has() -> None:
    _, read = compose()
    ours = {name for name in read["services"]["app"]["environment"] if name.startswith("INKLING_")}
    assert ours
    assert ours <= known_variables()


def test_compose_gives_the_app_the_variables_of_a_file_that_git_ignores() -> None:
    _, read = compose()
    assert read["services"]["app"]["env_file"] == [{"path": ".env", "required": False}]
    assert "deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_compose_has_the_proxy_look_where_the_app_is() -> None:
    text = (DEPLOY / "Caddyfile").read_text()
    assert re.search(r"^\s+name app$", text, re.MULTILINE)
    assert re.search(rf"^\s+port {PORT}$", text, re.MULTILINE)
    assert variables(text) == {"INKLING_SITE"}
    _, read = compose()
    assert "INKLING_SITE" in read["services"]["proxy"]["environment"]
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in read["services"]["proxy"]["volumes"]


# -- Kubernetes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_kubernetes_understands_its_files(path: Path) -> None:
    for version in VERSIONS:
        kubernetes_validate.validate(yaml.safe_load(path.read_text()), version, strict=True)


def test_kubernetes_files_are_checked_for_what_they_may_say() -> None:
    wrong = manifest("Deployment")
    wrong["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_kubernetes_gets_all_files_with_one_command() -> None:
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]
    assert listed == [path.name for path in MANIFESTS]
    assert {manifest["kind"] for manifest in map(yaml.safe_load, (path.read_text() for path in MANIFESTS))} == {
        "Deployment",
        "Ingress",
        "PersistentVolumeClaim",
        "PodDisruptionBudget",
        "Service",
    }


def test_kubernetes_parts_find_one_another() -> None:
    deployment, service, ingress = manifest("Deployment"), manifest("Service"), manifest("Ingress")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert service["spec"]["selector"] == labels
    assert manifest("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    (port,) = service["spec"]["ports"]
    (own,) = container()["ports"]
    assert (port["targetPort"], own["containerPort"]) == (own["name"], PORT)
    (rule,) = ingress["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": port["name"]}}
    assert [rule["host"]] == ingress["spec"]["tls"][0]["hosts"]
    environment = {each["name"]: each["value"] for each in container()["env"]}
    base = environment["STREAMLIT_SERVER_BASE_URL_PATH"]
    assert path["path"] == f"/{base}"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container()[probe]["httpGet"]["path"].startswith(f"/{base}/health/")
    scraped = deployment["spec"]["template"]["metadata"]["annotations"]
    assert (scraped["prometheus.io/path"], scraped["prometheus.io/port"]) == (f"/{base}/metrics", str(PORT))
    assert {name for name in environment if name.startswith("INKLING_")} <= known_variables()


def test_kubernetes_brings_visitors_back_to_their_replica() -> None:
    nginx_says, traefik_says = manifest("Ingress")["metadata"]["annotations"], manifest("Service")["metadata"]
    assert nginx_says["nginx.ingress.kubernetes.io/affinity"] == "cookie"
    assert traefik_says["annotations"]["traefik.ingress.kubernetes.io/service.sticky.cookie"] == "true"


def test_kubernetes_gives_the_app_its_folders_and_no_rights() -> None:
    pod = manifest("Deployment")["spec"]["template"]["spec"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container()["volumeMounts"]}
    assert mounts.keys() == {volume["name"] for volume in pod["volumes"]}
    assert mounts["data"] == CACHE
    claims = [volume["persistentVolumeClaim"]["claimName"] for volume in pod["volumes"] if volume["name"] == "data"]
    assert claims == [manifest("PersistentVolumeClaim")["metadata"]["name"]]
    assert {each["name"]: each["value"] for each in container()["env"]}["TMPDIR"] == mounts["temporary"]
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == USER
    rights = container()["securityContext"]
    assert rights["readOnlyRootFilesystem"]
    assert not rights["allowPrivilegeEscalation"]
    assert rights["capabilities"] == {"drop": ["ALL"]}
    assert container()["resources"]["limits"].keys() == {"cpu", "memory"}


def test_replicas_hand_their_visitors_over_in_what_they_share() -> None:
    _, read = compose()
    in_kubernetes = {each["name"]: each["value"] for each in container()["env"]}
    for environment in (read["services"]["app"]["environment"], in_kubernetes):
        assert environment["INKLING_SHARED"].startswith(f"{CACHE}/")


def test_a_replica_may_end_before_it_is_killed() -> None:
    sleep = int(container()["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert manifest("Deployment")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= sleep + 30
    _, read = compose()
    assert read["services"]["app"]["stop_grace_period"] == "30s"


# -- The image and the proxies ------------------------------------------------------------------------------------


def test_the_image_is_what_the_files_say_of_it() -> None:
    assert re.search(rf"--uid {USER}\b", DOCKERFILE)
    assert f"INKLING_CACHE={CACHE}" in DOCKERFILE
    assert re.search(rf"^EXPOSE {PORT}$", DOCKERFILE, re.MULTILINE)


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    program = need("nginx")
    command = nginx(make_certificate(tmp_path))(free_port(), ["127.0.0.1:8501", "127.0.0.1:8502"], tmp_path)
    check = [program, *command[1:-2], "-t"]
    answer = subprocess.run(check, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_nginx_lets_the_largest_upload_pass() -> None:
    config = (ROOT / ".streamlit" / "config.toml").read_text()
    largest = int(re.findall(r"^maxUploadSize = (\d+)", config, re.MULTILINE)[0])
    (allowed,) = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    assert int(allowed) > largest
    annotations = manifest("Ingress")["metadata"]["annotations"]
    assert annotations["nginx.ingress.kubernetes.io/proxy-body-size"] == f"{allowed}m"


def test_nginx_says_a_command_that_docker_has() -> None:
    (said,) = re.findall(
        r"^#     (docker run.+(?:\n#         .+)+)$", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE
    )
    words = shlex.split(said.replace("\\\n#", " "))
    assert words[:2] == ["docker", "run"]
    assert f"127.0.0.1:{PORT}:{PORT}" in words
    assert variables(" ".join(words)) <= known_variables() | {"STREAMLIT_SERVER_BASE_URL_PATH"}


def test_caddy_understands_its_file(tmp_path: Path) -> None:
    command = [need("caddy"), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    home = {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | home)
    assert answer.returncode == 0, answer.stderr


def test_the_documentation_names_what_compose_can_be_told() -> None:
    told = set(re.findall(r"\$\{(\w+):-", (DEPLOY / "compose.yaml").read_text()))
    page = (ROOT / "docs" / "deploy.md").read_text()
    assert told <= variables(page)
    assert variables(page) <= told | known_variables() | {"STREAMLIT_SERVER_BASE_URL_PATH"}
