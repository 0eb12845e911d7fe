"""Transforms template.yaml as SAM does, asserts what only the result can show, and creates it in an emulated CloudFormation.

Usage: template.py transform OUT.json | assert IN.json | create IN.json

No account and no network: the emulation (moto) lives in this process. It makes functions, roles, queues, logs, topics, keys
and the dashboard; what it can't make is asserted on the transformed template alone.
"""

import ast
import io
import json
import logging
import os
import re
import sys
import warnings
import zipfile

REGION, ACCOUNT, STACK = "eu-west-1", "123456789012", "source-monitor"
CODE = {"Bucket": "artifacts", "Key": "function.zip"}

MONITOR_ACTIONS = {
    "medialive:ListChannels",
    "medialive:DescribeThumbnails",
    "rekognition:DetectLabels",
    "cloudwatch:PutMetricData",
    "cloudwatch:GetMetricData",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
}
MULTIVIEWER_ACTIONS = {
    "medialive:ListChannels",
    "medialive:DescribeThumbnails",
    "cloudwatch:GetMetricData",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
}
# Calls for which IAM knows no resource. Everything else names one.
WITHOUT_RESOURCE = {
    "medialive:ListChannels",
    "rekognition:DetectLabels",
    "cloudwatch:PutMetricData",
    "cloudwatch:GetMetricData",
}
ALARMS = {f"{STACK}-{name}" for name in (
    "picture-frozen", "picture-black", "picture-bars", "picture-flat", "picture-no-picture",
    "blind-heartbeat", "blind-errors", "blind-throttled", "blind-unknown-feeds",
    "care-skipped-feeds", "care-lost-ticks",
)}
ALARMS_PER_FEED = {f"{STACK}-picture-{name}-feed" for name in ("frozen", "black", "bars", "no-picture")}
# Asserted on the transformed template instead.
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
    # `sam package` would put the built zip there.
    template["Globals"]["Function"]["CodeUri"] = CODE
    result = translate(template, {}, NoManagedPolicies(), passthrough_metadata=True)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    print(f"transformed: {len(result['Resources'])} resources")


class Deployed:
    """The resources that these parameters make, with their references resolved as far as the assertions need."""

    def __init__(self, template, **given):
        self.template = template
        self.values = {name: given.pop(name, body["Default"]) for name, body in template["Parameters"].items()}
        assert not given, f"no such parameter: {given}"
        self.values |= {
            "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::StackName": STACK, "AWS::Partition": "aws",
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
            return [one for one in map(self.resolve, value) if one is not None]
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
            one, other = map(self.resolve, inner)
            return str(one) == str(other)
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
            text, extra = inner if isinstance(inner, list) else (inner, {})
            extra = self.resolve(extra)

            def replaced(match):
                what = match[1]
                if what.startswith("!"):
                    return "${" + what[1:] + "}"
                if what in extra:
                    return str(extra[what])
                return str(self.function("GetAtt", what) if "." in what and what not in self.values else self.reference(what))

            return re.sub(r"\$\{([^}]+)\}", replaced, text)
        raise AssertionError(f"an intrinsic that this script does not know: {name}")


def actions(deployed, role):
    """What a role may do: the actions, and the statements."""
    policies = list(deployed.resources[role]["Properties"]["Policies"])
    policies += [body for body in deployed.of_type("AWS::IAM::Policy").values() if f"<{role}>" in body["Roles"]]
    statements = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    every = set()
    for one in statements:
        named = one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
        assert one["Effect"] == "Allow" and all("*" not in action for action in named), one
        if one["Resource"] == "*":
            assert set(named) <= WITHOUT_RESOURCE, f"{role}: {named} names no resource"
        every |= set(named)
    return every, statements


def assert_schedules(template):
    for shards in (1, 2, 4, 8):
        for period, rate, timeout in ((60, "rate(1 minute)", 90), (120, "rate(2 minutes)", 150), (300, "rate(5 minutes)", 330)):
            deployed = Deployed(template, Shards=shards, SchedulePeriod=period)
            schedules = deployed.of_type("AWS::Scheduler::Schedule").values()
            parts = set()
            for one in schedules:
                target = one["Target"]
                given = json.loads(target["Input"])
                parts.add((given.pop("shard"), given.pop("of")))
                assert given == {
                    "trigger": "schedule",
                    "scheduled_time": "<aws.scheduler.scheduled-time>",
                    "execution_id": "<aws.scheduler.execution-id>",
                    "attempt": "<aws.scheduler.attempt-number>",
                }, given
                assert one["ScheduleExpression"] == rate and one["FlexibleTimeWindow"] == {"Mode": "OFF"}, one
                assert one.get("State", "ENABLED") == "ENABLED"
                assert target["Arn"] == "<Monitor.Arn>" and target["RoleArn"] == "<ScheduleRole.Arn>", target
                assert target["RetryPolicy"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}, target
                assert target["DeadLetterConfig"] == {"Arn": "<LostTicks.Arn>"}, target
            assert parts == {(shard, shards) for shard in range(shards)}, parts
            assert len(schedules) == shards
            assert deployed.of_type("AWS::Lambda::Function")["Monitor"]["Timeout"] == timeout
    print("schedules: 1, 2, 4 and 8 shards, each part once, no retry, 60 s of age, time-outs fit the periods")


def assert_functions(template):
    usual = Deployed(template)
    monitor = usual.of_type("AWS::Lambda::Function")["Monitor"]
    assert (monitor["Runtime"], monitor["Handler"], monitor["Architectures"]) == ("provided.al2023", "bootstrap", ["arm64"])
    assert monitor["MemorySize"] == 128 and "ReservedConcurrentExecutions" not in monitor
    assert monitor["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": "<MonitorLog>", "ApplicationLogLevel": "INFO"}
    debugging = Deployed(template, EnableDebug="true").of_type("AWS::Lambda::Function")["Monitor"]
    assert debugging["LoggingConfig"]["ApplicationLogLevel"] == "DEBUG"
    reserved = Deployed(template, ReservedConcurrency=4).of_type("AWS::Lambda::Function")["Monitor"]
    assert reserved["ReservedConcurrentExecutions"] == 4
    (invoke,) = usual.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert invoke["FunctionName"] == "<Monitor>" and invoke["Qualifier"] == "$LATEST"
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (0, 60)
    assert invoke["DestinationConfig"] == {"OnFailure": {"Destination": "<LostTicks.Arn>"}}
    wall = usual.of_type("AWS::Lambda::Function")["Multiviewer"]
    assert wall["FunctionName"].startswith("customWidget")
    bare = Deployed(template, PictureWall="no")
    assert not [name for name in bare.resources if name.startswith("Multiviewer")]
    assert "Multiviewer" not in json.dumps(bare.resources)
    print("functions: runtime, logs, async invocation; the picture wall is gone without trace when not wanted")


def assert_policies(template):
    usual, never = Deployed(template), Deployed(template, RekognitionInterval="0")
    allowed, statements = actions(usual, "MonitorRole")
    assert allowed == MONITOR_ACTIONS, allowed ^ MONITOR_ACTIONS
    publish = next(one for one in statements if one["Action"] == "cloudwatch:PutMetricData")
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": "EmlRekognitionWatcher"}}
    capture = next(one for one in statements if one["Action"] == "medialive:DescribeThumbnails")
    assert capture["Resource"] == f"arn:aws:medialive:{REGION}:{ACCOUNT}:channel:*"
    assert actions(never, "MonitorRole")[0] == MONITOR_ACTIONS - {"rekognition:DetectLabels"}
    assert actions(usual, "MultiviewerRole")[0] == MULTIVIEWER_ACTIONS
    assert actions(usual, "ScheduleRole")[0] == {"lambda:InvokeFunction", "sqs:SendMessage"}
    assert set(usual.of_type("AWS::IAM::Role")) == {"MonitorRole", "MultiviewerRole", "ScheduleRole"}, "SAM made a role of its own"
    assert "ManagedPolicyArns" not in json.dumps(usual.resources)
    print(f"policies: monitor {len(MONITOR_ACTIONS)} actions, picture wall {len(MULTIVIEWER_ACTIONS)}, schedule 2; Rekognition only where it is asked")


def assert_alarms(template):
    usual, per_feed = Deployed(template), Deployed(template, AlarmPerFeed="yes", FrozenAfter=45)
    named = lambda deployed: {one["AlarmName"]: one for one in deployed.of_type("AWS::CloudWatch::Alarm").values()}
    assert set(named(usual)) == ALARMS, set(named(usual)) ^ ALARMS
    assert set(named(per_feed)) == ALARMS | ALARMS_PER_FEED
    board = f"#dashboards/dashboard/{STACK}-{REGION}"
    for name, one in named(per_feed).items():
        assert one["AlarmDescription"].endswith(board) and len(one["AlarmDescription"]) <= 1024, name
        assert one["AlarmActions"] == one["OKActions"] == ["<AlarmTopic>"], name
        assert one["TreatMissingData"] in ("ignore", "breaching", "notBreaching"), name
        assert "ChannelId=" not in json.dumps(one) and "WHERE" not in json.dumps(one), name
        assert (one["TreatMissingData"] == "breaching") == (name == f"{STACK}-blind-heartbeat"), name
    for name in ("frozen", "black", "bars", "no-picture"):
        fleet = f"{STACK}-picture-{name}"
        assert named(usual)[fleet]["ActionsEnabled"] is True and named(per_feed)[fleet]["ActionsEnabled"] is False
        query = named(per_feed)[f"{fleet}-feed"]["Metrics"][0]
        assert query["Period"] == 60 and " GROUP BY ChannelId, Pipeline ORDER BY MAX() DESC" in query["Expression"]
    assert named(per_feed)[f"{STACK}-picture-frozen-feed"]["Threshold"] == 45
    assert usual.of_type("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardName"] == f"{STACK}-{REGION}"
    print(f"alarms: {len(ALARMS)}, with {len(ALARMS_PER_FEED)} more per feed where asked; all tell the topic and link to the dashboard")


def assert_dashboard(template):
    counts = []
    for given in ({}, {"PictureWall": "no"}, {"AlarmPerFeed": "yes", "Shards": 8, "MetricNamespace": "Play/Out"}):
        deployed = Deployed(template, **given)
        body = json.loads(deployed.of_type("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"])
        kinds = [widget["type"] for widget in body["widgets"]]
        assert ("custom" in kinds) == (given.get("PictureWall") != "no") and kinds.index("alarm") <= 1
        assert all(0 < widget["width"] <= 24 and widget["height"] > 0 for widget in body["widgets"])
        alarms = next(widget for widget in body["widgets"] if widget["type"] == "alarm")["properties"]["alarms"]
        assert set(alarms) == {f"<{name}.Arn>" for name in deployed.of_type("AWS::CloudWatch::Alarm")}
        counts.append(len(kinds))
    print(f"dashboard: valid with and without the wall ({counts[0]} and {counts[1]} widgets), lists every alarm")


def assert_topic_and_queue(template):
    usual = Deployed(template)
    for kind, deny in (("AWS::SNS::TopicPolicy", "sns:Publish"), ("AWS::SQS::QueuePolicy", "sqs:*")):
        (policy,) = usual.of_type(kind).values()
        tls = next(one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny")
        assert tls["Action"] == deny and tls["Principal"] == "*"
        assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert usual.of_type("AWS::SNS::Topic")["AlarmTopic"]["KmsMasterKeyId"] == "<AlarmKey>"
    assert not usual.of_type("AWS::SNS::Subscription")
    (mail,) = Deployed(template, AlarmEmail="mcr@example.com").of_type("AWS::SNS::Subscription").values()
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "mcr@example.com")
    kept = {name for name, body in usual.resources.items() if body.get("DeletionPolicy", "Delete") != "Delete"}
    assert not kept, f"left behind: {kept}"
    print("topic and queue: encrypted, TLS only; e-mail only where given; nothing is left behind on purpose")


def create(template):
    import boto3
    from moto import mock_aws

    # It warns of each resource that it does not make; NOT_EMULATED says so once.
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)

    os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    with mock_aws():
        read_back(template, lambda name: boto3.client(name, region_name=REGION))


def read_back(template, client):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("bootstrap", "not a program")
    client("s3").create_bucket(Bucket=CODE["Bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
    client("s3").put_object(Bucket=CODE["Bucket"], Key=CODE["Key"], Body=zipped.getvalue())
    # CloudFormation looks a number up in a mapping as text. The emulation does not.
    for body in template["Parameters"].values():
        body |= {"Type": "String", "Default": str(body["Default"])} if body["Type"] == "Number" else {}
    # It does not make alarms, so they have no ARN that the dashboard could name.
    text = re.sub(r"\$\{(\w+Alarm)\.Arn\}", r"arn:aws:cloudwatch:::alarm:\1", json.dumps(template))
    stacks = client("cloudformation")
    stacks.create_stack(
        StackName=STACK,
        TemplateBody=text,
        Capabilities=["CAPABILITY_IAM"],
        # Nor does it split the default of a list.
        Parameters=[{"ParameterKey": "FeedMetrics", "ParameterValue": template["Parameters"]["FeedMetrics"]["Default"]}],
    )
    stack = stacks.describe_stacks(StackName=STACK)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["StackStatus"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    assert outputs["DashboardUrl"].endswith(f"#dashboards/dashboard/{STACK}-{REGION}"), outputs
    made = {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for one in stacks.describe_stack_resources(StackName=STACK)["StackResources"]
        if "LogicalResourceId" in one
    }

    deployed = Deployed(template).resources
    not_made = {body["Type"] for name, body in deployed.items() if name not in made}
    assert not_made == NOT_EMULATED, not_made ^ NOT_EMULATED

    functions = client("lambda")
    monitor = functions.get_function_configuration(FunctionName=f"{STACK}-monitor")
    assert (monitor["Runtime"], monitor["MemorySize"], monitor["Timeout"]) == ("provided.al2023", 128, 90), monitor
    variables = monitor["Environment"]["Variables"]
    assert variables["REKOGNITION_INTERVAL"] == "60" and variables["FEED_METRICS"].startswith("ImageProperties,"), variables
    wall = functions.get_function_configuration(FunctionName=f"customWidget-{STACK}-multiviewer")
    assert wall["Environment"]["Variables"] == variables | {"THUMBNAIL_TPS": ""}

    roles = client("iam")
    for logical, wanted in (("MonitorRole", MONITOR_ACTIONS), ("MultiviewerRole", MULTIVIEWER_ACTIONS)):
        role = made[logical]
        assert roles.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
        allowed = set()
        for name in roles.list_role_policies(RoleName=role)["PolicyNames"]:
            document = roles.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            # A policy that is a resource of its own comes back as Python prints it.
            document = ast.literal_eval(document) if isinstance(document, str) else document
            for one in document["Statement"]:
                allowed |= {one["Action"]} if isinstance(one["Action"], str) else set(one["Action"])
        assert allowed == wanted, allowed ^ wanted

    queue = client("sqs").get_queue_attributes(QueueUrl=made["LostTicks"], AttributeNames=["All"])["Attributes"]
    assert (queue["MessageRetentionPeriod"], queue["SqsManagedSseEnabled"]) == ("345600", "true"), queue
    topic = client("sns").get_topic_attributes(TopicArn=made["AlarmTopic"])["Attributes"]
    assert topic["KmsMasterKeyId"] == made["AlarmKey"], topic
    assert client("kms").get_key_rotation_status(KeyId=made["AlarmKey"])["KeyRotationEnabled"]
    groups = {one["logGroupName"]: int(one["retentionInDays"]) for one in client("logs").describe_log_groups()["logGroups"]}
    assert groups == {f"/aws/lambda/{STACK}-monitor": 30, f"/aws/lambda/customWidget-{STACK}-multiviewer": 30}, groups
    board = json.loads(client("cloudwatch").get_dashboard(DashboardName=f"{STACK}-{REGION}")["DashboardBody"])
    assert len(board["widgets"]) > 20 and board["widgets"][0]["type"] == "custom"

    stacks.delete_stack(StackName=STACK)
    left = functions.list_functions()["Functions"] + client("logs").describe_log_groups()["logGroups"]
    assert left == [], left
    print(f"emulated stack: {len(made)} of {len(deployed)} resources made, read back and deleted: functions, roles, queue, topic, key, logs, dashboard")


def main():
    job, path = sys.argv[1:]
    if job == "transform":
        return transform(path)
    with open(path, encoding="utf-8") as file:
        template = json.load(file)
    if job == "create":
        return create(template)
    assert job == "assert", job
    for check in (assert_schedules, assert_functions, assert_policies, assert_alarms, assert_dashboard, assert_topic_and_queue):
        check(template)


if __name__ == "__main__":
    main()
