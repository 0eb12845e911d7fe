"""Transforms template.yaml with SAM's code, checks the result and creates it in an emulated CloudFormation.

Usage: template.py transform OUT.json | assert IN.json | create IN.json (from the root of the repository)

Needs no account and no network: the emulation (moto) runs in this process. It creates functions, roles, the
queue, log groups, the topic, the key and the dashboard. The resources that it can't create (NOT_EMULATED) are
checked in the transformed template only.
"""

import ast
import io
import json
import logging
import os
import pathlib
import re
import sys
import warnings
import zipfile

REGION, ACCOUNT, STACK = "eu-west-1", "123456789012", "source-monitor"
CODE = {"Bucket": "artifacts", "Key": "function.zip"}

# The IAM actions that each role must have, and no others, by whether their statement names a resource. The
# file is the only list besides the template; the Rust test of the template reads it too.
PERMISSIONS = json.loads(pathlib.Path("tests/it/repository/permissions.json").read_text(encoding="utf-8"))
ALARMS = {f"{STACK}-{name}" for name in (
    "picture-frozen", "picture-black", "picture-bars", "picture-flat", "picture-no-picture",
    "blind-heartbeat", "blind-errors", "blind-throttled", "blind-unknown-feeds",
    "care-skipped-feeds", "care-lost-ticks",
)}
ALARMS_PER_FEED = {f"{STACK}-picture-{name}-feed" for name in ("frozen", "black", "bars", "no-picture")}
# Types that moto does not create; `assert` checks them in the transformed template.
NOT_EMULATED = {
    "AWS::CloudWatch::Alarm",
    "AWS::Scheduler::Schedule",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}


def transform(target):
    from samcli.yamlhelper import yaml_parse
    from samtranslator.translator.transform import transform as translate

    class NoManagedPolicies:
        def load(self):
            return {}

    with open("template.yaml", encoding="utf-8") as file:
        template = yaml_parse(file.read())
    # `sam package` would replace CodeUri by the location of the built zip.
    template["Globals"]["Function"]["CodeUri"] = CODE
    result = translate(template, {}, NoManagedPolicies(), passthrough_metadata=True)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    print(f"transformed: {len(result['Resources'])} resources")


class Deployed:
    """The stack's resources for these parameters; all others have their defaults. References are resolved as
    far as the assertions need: a resource becomes `<Name>`, and an attribute of it `<Name.Attribute>`."""

    def __init__(self, template, **parameters):
        self.template = template
        self.values = {
            name: parameters.pop(name, body["Default"]) for name, body in template["Parameters"].items()
        }
        assert not parameters, f"unknown parameters: {parameters}"
        self.values |= {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::StackName": STACK,
            "AWS::Partition": "aws",
        }
        self.resources = {
            name: self.resolve(body)
            for name, body in template["Resources"].items()
            if "Condition" not in body or self.condition(body["Condition"])
        }

    def of_type(self, kind):
        return {name: body["Properties"] for name, body in self.resources.items() if body["Type"] == kind}

    def condition(self, name):
        return self.resolve(self.template["Conditions"][name])

    def resolve(self, value):
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (key, inner), = value.items()
            if key == "Ref":
                return self.reference(inner)
            if key == "Condition" and isinstance(inner, str):
                return self.condition(inner)
            if key.startswith("Fn::"):
                return self.function(key[4:], inner)
        resolved = {key: self.resolve(inner) for key, inner in value.items()}
        return {key: inner for key, inner in resolved.items() if inner is not None}

    def reference(self, name):
        if name == "AWS::NoValue":
            return None
        value = self.values.get(name, f"<{name}>")
        is_list = self.template["Parameters"].get(name, {}).get("Type") == "CommaDelimitedList"
        return value.split(",") if is_list else value

    def function(self, name, inner):
        if name == "If":
            return self.resolve(inner[1] if self.condition(inner[0]) else inner[2])
        if name == "Equals":
            left, right = map(self.resolve, inner)
            return str(left) == str(right)
        if name == "Not":
            return not self.resolve(inner[0])
        if name == "And":
            return all(map(self.resolve, inner))
        if name == "Or":
            return any(map(self.resolve, inner))
        if name == "Join":
            return inner[0].join(map(str, self.resolve(inner[1])))
        if name == "FindInMap":
            table, first, second = map(self.resolve, inner)
            return self.template["Mappings"][table][str(first)][second]
        if name == "GetAtt":
            parts = inner.split(".") if isinstance(inner, str) else inner
            return f"<{'.'.join(parts)}>"
        if name == "Sub":
            text, variables = inner if isinstance(inner, list) else (inner, {})
            variables = self.resolve(variables)

            def substitute(match):
                key = match[1]
                if key.startswith("!"):
                    return "${" + key[1:] + "}"
                if key in variables:
                    return str(variables[key])
                if "." in key and key not in self.values:
                    return str(self.function("GetAtt", key))
                return str(self.reference(key))

            return re.sub(r"\$\{([^}]+)\}", substitute, text)
        raise AssertionError(f"unknown intrinsic function: Fn::{name}")


def permissions(deployed, role):
    """A role's IAM actions in the form of PERMISSIONS, and its policies' statements."""
    policies = list(deployed.resources[role]["Properties"]["Policies"])
    policies += [
        policy for policy in deployed.of_type("AWS::IAM::Policy").values() if f"<{role}>" in policy["Roles"]
    ]
    statements = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    granted = {"any_resource": set(), "named_resource": set()}
    for statement in statements:
        actions = action_list(statement)
        assert statement["Effect"] == "Allow" and all("*" not in action for action in actions), statement
        granted["any_resource" if statement["Resource"] == "*" else "named_resource"] |= set(actions)
    return granted, statements


def action_list(statement):
    return statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]


def expected_permissions(role):
    return {scope: set(actions) for scope, actions in PERMISSIONS[role].items()}


def assert_schedules(template):
    for shards in (1, 2, 4, 8):
        for period, rate, timeout in (
            (60, "rate(1 minute)", 90), (120, "rate(2 minutes)", 150), (300, "rate(5 minutes)", 330),
        ):
            deployed = Deployed(template, Shards=shards, SchedulePeriod=period)
            schedules = deployed.of_type("AWS::Scheduler::Schedule").values()
            parts = set()
            for schedule in schedules:
                target = schedule["Target"]
                event = json.loads(target["Input"])
                parts.add((event.pop("shard"), event.pop("of")))
                assert event == {
                    "trigger": "schedule",
                    "scheduled_time": "<aws.scheduler.scheduled-time>",
                    "execution_id": "<aws.scheduler.execution-id>",
                    "attempt": "<aws.scheduler.attempt-number>",
                }, event
                assert schedule["ScheduleExpression"] == rate, schedule
                assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}, schedule
                assert schedule.get("State", "ENABLED") == "ENABLED"
                assert target["Arn"] == "<Monitor.Arn>" and target["RoleArn"] == "<ScheduleRole.Arn>", target
                assert target["RetryPolicy"] == {
                    "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60,
                }, target
                assert target["DeadLetterConfig"] == {"Arn": "<LostTicks.Arn>"}, target
            assert parts == {(shard, shards) for shard in range(shards)}, parts
            assert len(schedules) == shards
            assert deployed.of_type("AWS::Lambda::Function")["Monitor"]["Timeout"] == timeout
    print(
        "schedules: 1, 2, 4 or 8 shards, one schedule each, no retries, maximum age 60 s,"
        " time-outs fit the periods"
    )


def assert_functions(template):
    defaults = Deployed(template)
    monitor = defaults.of_type("AWS::Lambda::Function")["Monitor"]
    assert (monitor["Runtime"], monitor["Handler"]) == ("provided.al2023", "bootstrap")
    assert monitor["Architectures"] == ["arm64"]
    assert monitor["MemorySize"] == 128 and "ReservedConcurrentExecutions" not in monitor
    assert monitor["LoggingConfig"] == {
        "LogFormat": "JSON", "LogGroup": "<MonitorLog>", "ApplicationLogLevel": "INFO",
    }
    debug = Deployed(template, EnableDebug="true").of_type("AWS::Lambda::Function")["Monitor"]
    assert debug["LoggingConfig"]["ApplicationLogLevel"] == "DEBUG"
    reserved = Deployed(template, ReservedConcurrency=4).of_type("AWS::Lambda::Function")["Monitor"]
    assert reserved["ReservedConcurrentExecutions"] == 4
    (invoke,) = defaults.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert invoke["FunctionName"] == "<Monitor>" and invoke["Qualifier"] == "$LATEST"
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (0, 60)
    assert invoke["DestinationConfig"] == {"OnFailure": {"Destination": "<LostTicks.Arn>"}}
    multiviewer = defaults.of_type("AWS::Lambda::Function")["Multiviewer"]
    assert multiviewer["FunctionName"].startswith("customWidget")
    without_wall = Deployed(template, PictureWall="no")
    assert not [name for name in without_wall.resources if name.startswith("Multiviewer")]
    assert "Multiviewer" not in json.dumps(without_wall.resources)
    print("functions: runtime, logs, asynchronous invocation; PictureWall=no removes all of the picture wall")


def assert_policies(template):
    defaults, never = Deployed(template), Deployed(template, RekognitionInterval="0")
    assert set(defaults.of_type("AWS::IAM::Role")) == set(PERMISSIONS), "not the roles in permissions.json"
    for role in PERMISSIONS:
        granted, _ = permissions(defaults, role)
        assert granted == expected_permissions(role), f"{role}: {granted}"
    without_rekognition = expected_permissions("MonitorRole")
    without_rekognition["any_resource"].remove("rekognition:DetectLabels")
    assert permissions(never, "MonitorRole")[0] == without_rekognition
    _, statements = permissions(defaults, "MonitorRole")
    publish = next(one for one in statements if one["Action"] == "cloudwatch:PutMetricData")
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": "EmlRekognitionWatcher"}}
    capture = next(one for one in statements if one["Action"] == "medialive:DescribeThumbnails")
    assert capture["Resource"] == f"arn:aws:medialive:{REGION}:{ACCOUNT}:channel:*"
    assert "ManagedPolicyArns" not in json.dumps(defaults.resources)
    counts = ", ".join(f"{role} {sum(map(len, scopes.values()))}" for role, scopes in PERMISSIONS.items())
    print(f"policies: the expected actions ({counts}); Rekognition only if RekognitionInterval is not 0")


def assert_alarms(template):
    defaults, per_feed = Deployed(template), Deployed(template, AlarmPerFeed="yes", FrozenAfter=45)

    def named(deployed):
        return {alarm["AlarmName"]: alarm for alarm in deployed.of_type("AWS::CloudWatch::Alarm").values()}

    assert set(named(defaults)) == ALARMS, set(named(defaults)) ^ ALARMS
    assert set(named(per_feed)) == ALARMS | ALARMS_PER_FEED
    dashboard = f"#dashboards/dashboard/{STACK}-{REGION}"
    for name, alarm in named(per_feed).items():
        assert alarm["AlarmDescription"].endswith(dashboard) and len(alarm["AlarmDescription"]) <= 1024, name
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["<AlarmTopic>"], name
        assert alarm["TreatMissingData"] in ("ignore", "breaching", "notBreaching"), name
        assert "ChannelId=" not in json.dumps(alarm) and "WHERE" not in json.dumps(alarm), name
        assert (alarm["TreatMissingData"] == "breaching") == (name == f"{STACK}-blind-heartbeat"), name
    for name in ("frozen", "black", "bars", "no-picture"):
        fleet = f"{STACK}-picture-{name}"
        assert named(defaults)[fleet]["ActionsEnabled"] is True
        assert named(per_feed)[fleet]["ActionsEnabled"] is False
        query = named(per_feed)[f"{fleet}-feed"]["Metrics"][0]
        assert query["Period"] == 60
        assert " GROUP BY ChannelId, Pipeline ORDER BY MAX() DESC" in query["Expression"]
    assert named(per_feed)[f"{STACK}-picture-frozen-feed"]["Threshold"] == 45
    assert defaults.of_type("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardName"] == f"{STACK}-{REGION}"
    print(
        f"alarms: {len(ALARMS)}, and {len(ALARMS_PER_FEED)} per feed with AlarmPerFeed;"
        " all notify the topic and link to the dashboard"
    )


def assert_dashboard(template):
    counts = []
    for parameters in (
        {}, {"PictureWall": "no"}, {"AlarmPerFeed": "yes", "Shards": 8, "MetricNamespace": "Play/Out"},
    ):
        deployed = Deployed(template, **parameters)
        body = json.loads(deployed.of_type("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"])
        kinds = [widget["type"] for widget in body["widgets"]]
        assert ("custom" in kinds) == (parameters.get("PictureWall") != "no")
        assert kinds.index("alarm") <= 1
        assert all(0 < widget["width"] <= 24 and widget["height"] > 0 for widget in body["widgets"])
        widget = next(widget for widget in body["widgets"] if widget["type"] == "alarm")
        alarms = widget["properties"]["alarms"]
        assert set(alarms) == {f"<{name}.Arn>" for name in deployed.of_type("AWS::CloudWatch::Alarm")}
        counts.append(len(kinds))
    print(
        f"dashboard: valid with and without the picture wall ({counts[0]} and {counts[1]} widgets),"
        " lists every alarm"
    )


def assert_topic_and_queue(template):
    defaults = Deployed(template)
    for kind, deny in (("AWS::SNS::TopicPolicy", "sns:Publish"), ("AWS::SQS::QueuePolicy", "sqs:*")):
        (policy,) = defaults.of_type(kind).values()
        tls = next(one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny")
        assert tls["Action"] == deny and tls["Principal"] == "*"
        assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert defaults.of_type("AWS::SNS::Topic")["AlarmTopic"]["KmsMasterKeyId"] == "<AlarmKey>"
    assert not defaults.of_type("AWS::SNS::Subscription")
    (mail,) = Deployed(template, AlarmEmail="mcr@example.com").of_type("AWS::SNS::Subscription").values()
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "mcr@example.com")
    kept = {
        name
        for name, body in defaults.resources.items()
        if body.get("DeletionPolicy", "Delete") != "Delete"
    }
    assert not kept, f"kept when the stack is deleted: {kept}"
    print(
        "topic and queue: encrypted, TLS only; e-mail only with AlarmEmail;"
        " no resource is kept when the stack is deleted"
    )


def create(template):
    import boto3
    from moto import mock_aws

    # moto warns about each resource that it does not create; NOT_EMULATED lists them.
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)

    os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    with mock_aws():
        create_and_read_back(template, lambda name: boto3.client(name, region_name=REGION))


def create_and_read_back(template, client):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("bootstrap", "not a program")
    s3 = client("s3")
    s3.create_bucket(Bucket=CODE["Bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=CODE["Bucket"], Key=CODE["Key"], Body=zipped.getvalue())
    # CloudFormation uses a number as text when it is a key of a mapping. moto does not, so make it a text.
    for body in template["Parameters"].values():
        body |= {"Type": "String", "Default": str(body["Default"])} if body["Type"] == "Number" else {}
    # moto creates no alarms, so they have no ARNs for the dashboard.
    text = re.sub(r"\$\{(\w+Alarm)\.Arn\}", r"arn:aws:cloudwatch:::alarm:\1", json.dumps(template))
    stacks = client("cloudformation")
    stacks.create_stack(
        StackName=STACK,
        TemplateBody=text,
        Capabilities=["CAPABILITY_IAM"],
        # moto does not split the default of a list parameter, but it splits a value that is passed.
        Parameters=[{
            "ParameterKey": "FeedMetrics",
            "ParameterValue": template["Parameters"]["FeedMetrics"]["Default"],
        }],
    )
    stack = stacks.describe_stacks(StackName=STACK)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["StackStatus"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    assert outputs["DashboardUrl"].endswith(f"#dashboards/dashboard/{STACK}-{REGION}"), outputs
    created = {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for one in stacks.describe_stack_resources(StackName=STACK)["StackResources"]
        if "LogicalResourceId" in one
    }

    deployed = Deployed(template).resources
    not_created = {body["Type"] for name, body in deployed.items() if name not in created}
    assert not_created == NOT_EMULATED, not_created ^ NOT_EMULATED

    functions = client("lambda")
    monitor = functions.get_function_configuration(FunctionName=f"{STACK}-monitor")
    assert monitor["Runtime"] == "provided.al2023", monitor
    assert (monitor["MemorySize"], monitor["Timeout"]) == (128, 90), monitor
    variables = monitor["Environment"]["Variables"]
    assert variables["REKOGNITION_INTERVAL"] == "60", variables
    assert variables["FEED_METRICS"].startswith("ImageProperties,"), variables
    multiviewer = functions.get_function_configuration(FunctionName=f"customWidget-{STACK}-multiviewer")
    assert multiviewer["Environment"]["Variables"] == variables | {"THUMBNAIL_TPS": ""}

    roles = client("iam")
    for logical in ("MonitorRole", "MultiviewerRole"):
        role = created[logical]
        assert roles.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
        granted = {"any_resource": set(), "named_resource": set()}
        for name in roles.list_role_policies(RoleName=role)["PolicyNames"]:
            document = roles.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            # moto returns the document of an AWS::IAM::Policy as the text of a Python dictionary.
            document = ast.literal_eval(document) if isinstance(document, str) else document
            for statement in document["Statement"]:
                scope = "any_resource" if statement["Resource"] == "*" else "named_resource"
                granted[scope] |= set(action_list(statement))
        assert granted == expected_permissions(logical), f"{logical}: {granted}"

    queue = client("sqs").get_queue_attributes(QueueUrl=created["LostTicks"], AttributeNames=["All"])
    queue = queue["Attributes"]
    assert (queue["MessageRetentionPeriod"], queue["SqsManagedSseEnabled"]) == ("345600", "true"), queue
    topic = client("sns").get_topic_attributes(TopicArn=created["AlarmTopic"])["Attributes"]
    assert topic["KmsMasterKeyId"] == created["AlarmKey"], topic
    assert client("kms").get_key_rotation_status(KeyId=created["AlarmKey"])["KeyRotationEnabled"]
    groups = {
        group["logGroupName"]: int(group["retentionInDays"])
        for group in client("logs").describe_log_groups()["logGroups"]
    }
    assert groups == {
        f"/aws/lambda/{STACK}-monitor": 30, f"/aws/lambda/customWidget-{STACK}-multiviewer": 30,
    }, groups
    dashboard = client("cloudwatch").get_dashboard(DashboardName=f"{STACK}-{REGION}")
    dashboard = json.loads(dashboard["DashboardBody"])
    assert len(dashboard["widgets"]) > 20 and dashboard["widgets"][0]["type"] == "custom"

    stacks.delete_stack(StackName=STACK)
    left = functions.list_functions()["Functions"] + client("logs").describe_log_groups()["logGroups"]
    assert left == [], left
    print(
        f"emulated stack: {len(created)} of {len(deployed)} resources created, read back and deleted:"
        " functions, roles, queue, topic, key, log groups, dashboard"
    )


def main():
    job, path = sys.argv[1:]
    if job == "transform":
        return transform(path)
    with open(path, encoding="utf-8") as file:
        template = json.load(file)
    if job == "create":
        return create(template)
    assert job == "assert", job
    assert_schedules(template)
    assert_functions(template)
    assert_policies(template)
    assert_alarms(template)
    assert_dashboard(template)
    assert_topic_and_queue(template)


if __name__ == "__main__":
    main()
