"""Follows docs/operations.md as far as that is possible without an account: runs its commands with the real AWS CLI
against an emulated CloudWatch, reads its parameters with SAM's own parser, compares its permissions with the
definitions of the resource types, and builds for both architectures.

Usage: documented.py TRANSFORMED.json AWS_BIN (from the root of the repository)

The build compiles nothing: a recorder stands in for Cargo Lambda. What SAM asks it to build and what SAM deploys
afterwards must be of one architecture.
"""

import fnmatch
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from deployment import REGION, STACK, Deployed

PAGE = pathlib.Path("docs/operations.md").read_text(encoding="utf-8")

# Records its arguments, and answers as Cargo Lambda and `cargo metadata` do.
RECORDER = """#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$RECORD"
[ "$1" = lambda ] || { echo '{"target_directory": "'"$PWD"'/target", "packages": []}'; exit; }
while [ "$#" -gt 0 ]; do [ "$1" = --bin ] && binary=$2; shift; done
mkdir -p "target/lambda/$binary" && echo "not a program" > "target/lambda/$binary/bootstrap"
"""


# The functions of the shards.
MONITORS = re.compile(r"Monitor\d?")


def block(name):
    """The shell commands between two markers of the page."""
    found = re.search(rf"<!-- {name} -->\n```sh\n(.*?)```\n<!-- {name} end -->", PAGE, re.DOTALL)
    assert found, f"docs/operations.md has no commands between the markers of {name!r}"
    return found[1]


def run(script, **variables):
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=os.environ | variables, capture_output=True, text=True,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout


def emulated_cloudwatch():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return server, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the emulation did not start")


def assert_commands(template, aws):
    import boto3

    server, endpoint = emulated_cloudwatch()
    try:
        client = boto3.client("cloudwatch", region_name=REGION, endpoint_url=endpoint)
        deployed = Deployed(template, Notify="feeds", MinimumFeeds=4, ChatMessages="yes", Shards=8)
        alarms = deployed.of_type("AWS::CloudWatch::Alarm").values()
        known = set(client.meta.service_model.operation_model("PutMetricAlarm").input_shape.members)
        for alarm in alarms:
            assert set(alarm) <= known, set(alarm) - known
            numbers = {key: int(alarm[key]) for key in ("Threshold", "EvaluationPeriods")}
            client.put_metric_alarm(**alarm | numbers)
        environment = {"AWS_ENDPOINT_URL": endpoint, "PATH": f"{aws}:{os.environ['PATH']}"}
        run(block("drill"), **environment)
        states = {one["AlarmName"]: one["StateValue"] for one in client.describe_alarms()["MetricAlarms"]}
        assert states == {alarm["AlarmName"]: "ALARM" for alarm in alarms}, states
        # The emulation has no mute rules: the AWS CLI reads and checks the input without sending it.
        run(block("mute").rstrip() + " --generate-cli-skeleton output", **environment)
    finally:
        server.terminate()
        server.wait()
    print(f"documented commands: the drill raises {len(states)} alarms, the mute rule is valid input")


def assert_parameters(template):
    from samcli.cli.types import CfnParameterOverridesType

    documented = re.findall(r"--parameter-overrides (\S+?)[`.,]*\s", PAGE)
    documented += re.findall(r"`'([^`]+)'`", PAGE)
    names = set()
    for text in documented:
        parameters = CfnParameterOverridesType().convert([text], None, None)
        names |= set(parameters)
        Deployed(template, **parameters)
    assert {"AlarmEmail", "Paused", "ExcludeTags", "RekognitionInterval"} <= names, names
    print(f"documented parameters: {', '.join(sorted(names))} are read and accepted")


# Actions in CloudFormation's definitions that are only for properties that the template does not set, and for
# other principals than roles.
UNUSED = (
    "ec2:*", "elasticfilesystem:*", "s3files:*", "firehose:*", "s3:REST.*", "s3:GetObjectVersion",
    "s3tables:*", "s3:*Metadata*TableConfiguration", "s3:PutObjectAcl",
    "iam:*Group*", "iam:*User*", "iam:AttachRolePolicy", "iam:DetachRolePolicy",
    "kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey",
    "lambda:AssociateRuntimeAlias", "lambda:*FunctionCodeSigningConfig", "lambda:GetLayerVersion",
    "lambda:PassCapacityProvider", "lambda:PublishVersion", "lambda:PutFunctionScalingConfig",
    "lambda:PutRuntimeManagementConfig",
    "logs:AssociateKmsKey", "logs:DisassociateKmsKey", "logs:*LogDelivery", "logs:DeleteResourcePolicy",
    "logs:DeleteDataProtectionPolicy", "logs:PutDataProtectionPolicy", "logs:DeleteIndexPolicy",
    "logs:PutIndexPolicy", "logs:PutResourcePolicy", "logs:PutBearerTokenAuthentication",
    "logs:PutLogGroupDeletionProtection", "sns:PutDataProtectionPolicy",
)


def assert_permissions(template):
    """The page lists every action that CloudFormation needs, by the definitions of the resource types that cfn-lint
    brings along."""
    import cfnlint

    types = {body["Type"] for body in template["Resources"].values()}
    needed = set()
    for path in (pathlib.Path(cfnlint.__file__).parent / "data/schemas/resources").glob("*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        if schema["typeName"] in types:
            types.remove(schema["typeName"])
            for operation in ("create", "read", "update", "delete"):
                needed |= set(schema["handlers"].get(operation, {}).get("permissions", []))
    assert not types, f"no definition of {types}"
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE.split("### Permissions for the deployment")[1], re.MULTILINE)
    documented = {f"{service}:{action}" for service, cell in rows for action in re.findall("`([^`]+)`", cell)}

    def covers(patterns, action):
        return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)

    missing = sorted(action for action in needed if not covers(documented, action) and not covers(UNUSED, action))
    assert not missing, f"docs/operations.md lists no {missing}"
    print(f"documented permissions: {len(documented)} cover what CloudFormation needs for the resources")


def built_and_deployed(change):
    """The architecture that `sam build` asks Cargo Lambda for, and the one that `sam deploy` would deploy."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        text = pathlib.Path("template.yaml").read_text(encoding="utf-8")
        (folder / "template.yaml").write_text(change(text), encoding="utf-8")
        for name in ("samconfig.toml", "Cargo.toml"):
            shutil.copy(name, folder)
        tools = folder / "tools"
        tools.mkdir()
        for name in ("cargo", "cargo-lambda"):
            (tools / name).write_text(RECORDER, encoding="utf-8")
            (tools / name).chmod(0o755)
        path = f"{tools}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
        run(f"cd {folder} && sam build", PATH=path, RECORD=str(folder / "record"))
        record = (folder / "record").read_text(encoding="utf-8").splitlines()
        commands = [line for line in record if line.startswith("lambda build")]
        assert len(commands) == 3, f"not one build for each program: {record}"
        asked = {"arm64" if "--arm64" in command else "x86_64" for command in commands}
        import yaml
        from samcli.yamlhelper import yaml_parse

        text = (folder / ".aws-sam/build/template.yaml").read_text(encoding="utf-8")
        for event in yaml.parse(text):
            assert not isinstance(event, yaml.AliasEvent), f"CloudFormation accepts no alias: {event}"
            assert getattr(event, "value", "") != "<<", f"CloudFormation accepts no merge key: {event.start_mark}"
        built = yaml_parse(text)
        code = [body["Properties"]["CodeUri"] for name, body in built["Resources"].items() if MONITORS.fullmatch(name)]
        assert len(code) == 8 and len(set(code)) == 1, f"the shards' functions have different code: {code}"
        return asked, built["Globals"]["Function"]["Architectures"]


def assert_architecture():
    default, changed = "Architectures: [arm64]", "Architectures: [x86_64]"
    assert f"`{default}`" in PAGE and f"`{changed}`" in PAGE, "docs/operations.md does not say what to change"

    def change(text):
        assert text.count(default) == 1, "the line to change is not the only one"
        return text.replace(default, changed)

    assert built_and_deployed(lambda text: text) == ({"arm64"}, ["arm64"])
    assert built_and_deployed(change) == ({"x86_64"}, ["x86_64"])
    print("architecture: sam build and sam deploy agree on arm64, and on x86_64 after the documented change")
    print("shards: one build of the monitor for eight functions, in a template without aliases and merge keys")


def main():
    path, aws = sys.argv[1:]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": "",
    }
    template = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    assert STACK == "source-monitor"  # the name in the documented commands
    assert_parameters(template)
    assert_permissions(template)
    assert_commands(template, pathlib.Path(aws).resolve())
    assert_architecture()


if __name__ == "__main__":
    main()
