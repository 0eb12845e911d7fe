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

from deployment import ACCOUNT, REGION, STACK, Deployed, rejections

CODE = {"Bucket": "artifacts", "Key": "function.zip"}

# The IAM actions that each role must have, and no others, by whether their statement names a resource. The
# file is the only list besides the template; the Rust test of the template reads it too.
PERMISSIONS = json.loads(pathlib.Path("tests/it/repository/permissions.json").read_text(encoding="utf-8"))
ALARMS = {f"{STACK}-{name}" for name in (
    "picture-frozen", "picture-black", "picture-bars", "picture-flat", "picture-repeating", "picture-partial",
    "picture-slate", "picture-mismatch", "picture-no-picture",
    "blind-heartbeat", "blind-errors", "blind-throttled", "blind-unknown-feeds", "blind-events",
    "care-notifier-errors", "care-notifier-lost-messages", "care-skipped-feeds", "care-lost-ticks", "care-no-thumbnails", "care-missing-ratings", "care-undelivered",
)}
ALARMS_PER_FEED = {f"{STACK}-picture-{name}-feed" for name in ("frozen", "black", "bars", "no-picture")}
ALARMS_OF_MEDIALIVE = {f"{STACK}-signal-{name}" for name in ("silent-output", "fill-frames", "no-input-frames")}
# Types that moto does not create; `assert` checks them in the transformed template.
NOT_EMULATED = {
    "AWS::CloudWatch::Alarm",
    "AWS::Scheduler::Schedule",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::S3::BucketPolicy",
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
    # What aliases repeat is one object here, and several in the template that `sam build` writes.
    template = json.loads(json.dumps(template))
    result = translate(template, {}, NoManagedPolicies(), passthrough_metadata=True)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    print(f"transformed: {len(result['Resources'])} resources")


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


def monitors(deployed):
    """The functions of the shards, by shard: ids and properties."""
    functions = deployed.of_type("AWS::Lambda::Function")
    names = sorted(name for name in functions if re.fullmatch(r"Monitor\d?", name))
    assert names == ["Monitor", *(f"Monitor{shard}" for shard in range(1, len(names)))], names
    return [(name, functions[name]) for name in names]


def assert_schedules(template):
    for shards in (1, 2, 4, 8):
        for paused, state in (("no", "ENABLED"), ("yes", "DISABLED")):
            deployed = Deployed(template, Shards=shards, Paused=paused)
            schedules = deployed.of_type("AWS::Scheduler::Schedule").values()
            targets = {}
            for schedule in schedules:
                target = schedule["Target"]
                event = json.loads(target["Input"])
                shard, of = event.pop("shard"), event.pop("of")
                assert of == shards and schedule["Name"] == f"{STACK}-shard-{shard}", schedule
                targets[shard] = target["Arn"]
                assert event == {
                    "trigger": "schedule",
                    "scheduled_time": "<aws.scheduler.scheduled-time>",
                    "execution_id": "<aws.scheduler.execution-id>",
                    "attempt": "<aws.scheduler.attempt-number>",
                }, event
                assert schedule["ScheduleExpression"] == "rate(1 minute)", schedule
                assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}, schedule
                assert schedule["State"] == state, schedule
                assert target["RoleArn"] == "<ScheduleRole.Arn>", target
                assert target["RetryPolicy"] == {
                    "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60,
                }, target
                assert target["DeadLetterConfig"] == {"Arn": "<LostTicks.Arn>"}, target
            assert len(schedules) == shards == len(targets)
            functions = [f"<{name}.Arn>" for name, _ in monitors(deployed)]
            assert targets == dict(enumerate(functions)), targets
            _, (invoke, _) = permissions(deployed, "ScheduleRole")
            assert invoke["Action"] == "lambda:InvokeFunction" and invoke["Resource"] == functions, invoke
    print(
        "schedules: 1, 2, 4 or 8 shards, each with a function and a schedule of its own, no retries, maximum age"
        " 60 s, disabled while Paused"
    )


def assert_shards(template):
    """The functions of the shards are equal but for their names, and each has the same rules for its failures."""
    for parameters in ({}, {"EnableDebug": "true", "MemorySize": "512", "ReservedConcurrency": "2"}):
        for shards in (1, 2, 4, 8):
            deployed = Deployed(template, Shards=shards, **parameters)
            functions = monitors(deployed)
            assert len(functions) == shards
            names = [properties["FunctionName"] for _, properties in functions]
            assert names == [f"{STACK}-monitor", *(f"{STACK}-monitor-{shard}" for shard in range(1, shards))], names
            equal = [{**properties, "FunctionName": None} for _, properties in functions]
            equal += [{**first, "FunctionName": None} for _, first in monitors(Deployed(template, **parameters))]
            assert all(one == equal[0] for one in equal), "the shards' functions differ"
            invokes = deployed.of_type("AWS::Lambda::EventInvokeConfig")
            rules = [{**invokes[f"{name}EventInvokeConfig"], "FunctionName": None} for name, _ in functions]
            assert all(one == rules[0] for one in rules), rules
            assert [invokes[f"{name}EventInvokeConfig"]["FunctionName"] for name, _ in functions] == [
                f"<{name}>" for name, _ in functions
            ]
    print("shards: up to eight functions that are equal but for their names")


def assert_functions(template):
    defaults = Deployed(template)
    ((_, monitor),) = monitors(defaults)
    assert monitor["Timeout"] == 90
    assert (monitor["Runtime"], monitor["Handler"]) == ("provided.al2023", "bootstrap")
    assert monitor["Architectures"] == ["arm64"]
    assert int(monitor["MemorySize"]) == 128 and "ReservedConcurrentExecutions" not in monitor
    assert monitor["LoggingConfig"] == {
        "LogFormat": "JSON", "LogGroup": "<MonitorLog>", "ApplicationLogLevel": "INFO",
    }
    for function in Deployed(template, EnableDebug="true").of_type("AWS::Lambda::Function").values():
        assert function["LoggingConfig"]["ApplicationLogLevel"] == "DEBUG", function["FunctionName"]
        assert function["Environment"]["Variables"]["ENABLE_DEBUG"] == "true", function["FunctionName"]
    reserved = Deployed(template, ReservedConcurrency=4).of_type("AWS::Lambda::Function")["Monitor"]
    assert reserved["ReservedConcurrentExecutions"] == 4
    invokes = {one["FunctionName"]: one for one in defaults.of_type("AWS::Lambda::EventInvokeConfig").values()}
    for function, retries, age, queue in (("Monitor", 0, 60, "LostTicks"), ("Notifier", 2, 3600, "LostMessages")):
        invoke = invokes.pop(f"<{function}>")
        assert invoke["Qualifier"] == "$LATEST"
        assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (retries, age), invoke
        assert invoke["DestinationConfig"] == {"OnFailure": {"Destination": f"<{queue}.Arn>"}}, invoke
    assert not invokes, invokes
    multiviewer = defaults.of_type("AWS::Lambda::Function")["Multiviewer"]
    assert multiviewer["FunctionName"].startswith("customWidget")
    without_wall = Deployed(template, PictureWall="no")
    assert not [name for name in without_wall.resources if name.startswith("Multiviewer")]
    assert "Multiviewer" not in json.dumps(without_wall.resources)
    print("functions: runtime, logs, asynchronous invocation; PictureWall=no removes all of the picture wall")


def assert_notifier(template):
    """The rule hands this stack's events of rounds to the notifier, and whatever is not delivered to the queue."""
    for paused, state in (("no", "ENABLED"), ("yes", "DISABLED")):
        deployed = Deployed(template, Paused=paused)
        (rule,) = deployed.of_type("AWS::Events::Rule").values()
        (target,) = rule["Targets"]
        assert rule["State"] == state and rule["Name"] == f"{STACK}-notifier", rule
        assert rule["EventPattern"] == {
            "source": ["medialive-source-monitor"], "detail-type": ["MediaLive Sources Changed"],
            "detail": {"links": {"dashboard": [{"suffix": f"#dashboards/dashboard/{STACK}-{REGION}"}]}},
        }, rule
        assert "EventBusName" not in rule, "MediaLive's and the monitor's events are on the default bus"
        assert target["Arn"] == "<Notifier.Arn>" and target["DeadLetterConfig"] == {"Arn": "<LostMessages.Arn>"}
        assert target["RetryPolicy"] == {"MaximumRetryAttempts": 20, "MaximumEventAgeInSeconds": 3600}, target
    policy = deployed.of_type("AWS::SQS::QueuePolicy")["LostMessagesPolicy"]["PolicyDocument"]["Statement"]
    allow = next(one for one in policy if one["Effect"] == "Allow")
    assert allow["Principal"] == {"Service": "events.amazonaws.com"} and allow["Action"] == "sqs:SendMessage"
    assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": "<NotifierRule.Arn>"}}, allow
    (invocation,) = deployed.of_type("AWS::Lambda::Permission").values()
    assert invocation["SourceArn"] == "<NotifierRule.Arn>", invocation
    with_chat = Deployed(template, ChatMessages="yes")
    for one, chat, topics in ((deployed, "", {"<AlarmTopic>"}), (with_chat, "<ChatTopic>", {"<AlarmTopic>", "<ChatTopic>"})):
        variables = one.of_type("AWS::Lambda::Function")["Notifier"]["Environment"]["Variables"]
        assert (variables["TOPIC_ARN"], variables["CHAT_TOPIC_ARN"]) == ("<AlarmTopic>", chat), variables
        granted, statements = permissions(one, "NotifierRole")
        assert granted == expected_permissions("NotifierRole"), granted
        assert {one["Resource"] for one in statements if one["Action"] == "sns:Publish"} == topics
    assert set(deployed.of_type("AWS::SNS::Topic")) == {"AlarmTopic"}
    print("notifier: this stack's events only, retries, dead letters, one topic, and a second one with ChatMessages")


# Texts that are numbers somewhere and no whole numbers in plain digits: fractions, signs, exponents, other
# bases, separators, words, Unicode digits, and white space of every kind around a number.
NOT_WHOLE = (
    ["10.5", "10.0", "10.", ".5", "0.1", "+10", "-10", "-1", "--1", "1e1", "1E1", "10e0", "1e+1", "1e-1", "0x0A", "0b1"]
    + ["1_0", "1,0", "1'0", "10f", "10d", "10L", "010", "00", "Infinity", "NaN", "ten", "", " "]
    + ["\u0661\u0660", "\uff11\uff10", "\u0967\u0966", "1\u0660", "\U0001d7cf\U0001d7ce", "\u00b2"]
    + [
        text
        for space in (
            "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
            "\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
        )
        for text in (f"{space}10", f"10{space}", f"1{space}0")
    ]
)
RANGES = {
    "DetectionInterval": (2, 60), "StartGrace": (0, 86400), "PartialAfter": (0, 86400), "SlateAfter": (0, 86400),
    "MismatchAfter": (0, 86400), "MinimumFeeds": (0, 10000),
    "ThumbnailTps": (1, 10000), "RekognitionTps": (1, 10000), "ReservedConcurrency": (0, 100),
    "RekognitionInterval": (0, 86400),
} | {f"{fault}After": (1, 86400) for fault in (
    "Frozen", "Black", "Bars", "Flat", "NoPicture", "Repeating", "FrozenBackground", "Clear",
)}
# Two invocations of a shard overlap when a tick ends later than the next one begins.
NOT_ACCEPTED = {("ReservedConcurrency", 1)}


def assert_numbers(template):
    """No value that is not a whole number of the range is accepted, and every one of them is. The Rust test of
    the template asks the settings about the same values."""
    for name, body in template["Parameters"].items():
        assert body["Type"] in ("String", "CommaDelimitedList"), f"{name}: CloudFormation's numbers are no settings"
    for name, (low, high) in RANGES.items():
        every_sample = {""} if name == "RekognitionInterval" else set()
        wrong = [text for text in set(NOT_WHOLE) - every_sample if not rejections(template, {name: text})]
        assert wrong == [], f"{name} accepts {wrong}"
        for value in range(max(0, low - 2), high + 3):
            accepted = not any(name in reason for reason in rejections(template, {name: value}) if ":" in reason)
            expected = low <= value <= high and (name, value) not in NOT_ACCEPTED
            assert accepted == expected, f"{name}={value}"
    print(f"numbers: {len(RANGES)} parameters accept every whole number of their range, and none of"
          f" {len(set(NOT_WHOLE))} other texts")


def assert_sizes(template):
    """The longest values that are accepted fit Lambda's environment, and the longest stack name fits every name
    that is made of it."""
    longest = {
        "MetricNamespace": "n" * 255,
        "IncludeTags": "k=" + "\U0001f3a5" * 348,
        "ExcludeTags": "\U0001f3a5" * 348 + "=v",
        "RekognitionRegion": "us-" + "a" * 27 + "-1",
        "FeedMetrics": ",".join(template["Parameters"]["FeedMetrics"]["AllowedValues"]),
        "RekognitionInterval": "every-sample", "EnableDebug": "false", "ZeroDurations": "false", "MemorySize": "512",
    } | {name: str(high) for name, (_, high) in RANGES.items() if name != "RekognitionInterval"}
    for name in ("IncludeTags", "ExcludeTags", "MetricNamespace", "RekognitionRegion"):
        assert rejections(template, {name: longest[name] + "x"}), f"{name} has no longest value"
    for name, function in Deployed(template, Shards=8, **longest).of_type("AWS::Lambda::Function").items():
        # Lambda measures the variables as a JSON object.
        text = json.dumps(function["Environment"]["Variables"], ensure_ascii=False, separators=(",", ":"))
        size = len(text.encode())
        assert size <= 4096, f"{name}: {size} bytes of environment"
    limits = {
        "FunctionName": 64, "Name": 64, "AlarmName": 255, "DashboardName": 255, "LogGroupName": 512,
        "AlarmDescription": 1024,
    }

    def fits(length):
        stack = "s" * length
        for body in Deployed(template, stack=stack, region="ap-southeast-5", MinimumFeeds=1, Notify="feeds",
                             Shards=8).resources.values():
            for key, limit in limits.items():
                value = body["Properties"].get(key, "")
                if stack in value and len(value) > limit:
                    return False
        return True

    most = max(filter(fits, range(1, 129)))
    page = pathlib.Path("docs/operations.md").read_text(encoding="utf-8")
    assert f"at most {most} characters" in page, f"docs/operations.md does not say that a stack name has {most}"
    # CloudFormation's quotas for a template in S3, which is where SAM puts it.
    text = json.dumps(template, separators=(",", ":"))
    assert len(text) <= 1_000_000 and len(template["Resources"]) <= 500, len(text)
    print(
        f"sizes: at most {size} bytes of environment, of 4,096; stack names of at most {most} characters;"
        f" {len(text):,} bytes of template, of 1,000,000"
    )


REGIONS_WITHOUT_REKOGNITION = (
    "ap-northeast-3", "ap-south-2", "ap-southeast-4", "eu-north-1", "eu-west-3", "me-central-1",
)


def assert_rules(template):
    for region in REGIONS_WITHOUT_REKOGNITION:
        for interval in ("60", "", "every-sample", "86400"):
            (reason,) = rejections(template, {"RekognitionInterval": interval}, region)
            assert "RekognitionRegion" in reason and "RekognitionInterval to 0" in reason, reason
        assert not rejections(template, {"RekognitionRegion": "eu-west-1"}, region)
        assert not rejections(template, {"RekognitionInterval": "0"}, region)
        for from_region in (region, "eu-west-1"):
            assert rejections(template, {"RekognitionRegion": region}, from_region), region
    assert not rejections(template, {}, "eu-west-1") and not rejections(template, {}, "us-east-1")
    print(f"rules: {len(REGIONS_WITHOUT_REKOGNITION)} Regions without Rekognition need another one or none")


# What a guided deployment asks first.
IMPORTANT = ["AlarmEmail", "RekognitionInterval", "RekognitionRegion", "IncludeTags", "ExcludeTags", "MinimumFeeds"]


def assert_guided(template):
    """SAM asks for the parameters in their order and takes an empty answer for the default."""
    names = list(template["Parameters"])
    assert names[:len(IMPORTANT)] == IMPORTANT, names
    assert not rejections(template, {}), "the defaults are not accepted"
    assert not rejections(template, {"RekognitionInterval": "every-sample"})
    shown = [
        name
        for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        for name in group["Parameters"]
    ]
    assert sorted(shown) == sorted(names), set(shown) ^ set(names)
    print(f"guided deployment: {len(names)} parameters, {', '.join(IMPORTANT)} first; every sample can be entered")


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
    announce = next(one for one in statements if one["Action"] == "events:PutEvents")
    assert announce["Resource"] == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default", announce
    assert set(announce["Condition"]["StringEquals"]) == {"events:source", "events:detail-type"}, announce
    without_pictures = expected_permissions("MonitorRole")
    for action in ("s3:PutObject", "s3:GetObject", "s3:ListBucket"):
        without_pictures["named_resource"].remove(action)
    assert permissions(Deployed(template, IncidentPictureDays="0"), "MonitorRole")[0] == without_pictures
    capture = next(one for one in statements if one["Action"] == "medialive:DescribeThumbnails")
    assert capture["Resource"] == f"arn:aws:medialive:{REGION}:{ACCOUNT}:channel:*"
    assert "ManagedPolicyArns" not in json.dumps(defaults.resources)
    assert not [one for one in defaults.of_type("AWS::IAM::Role").values() if "PermissionsBoundary" in one]
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    bounded = Deployed(template, PermissionsBoundary=boundary).of_type("AWS::IAM::Role").values()
    assert [role["PermissionsBoundary"] for role in bounded] == [boundary] * len(PERMISSIONS)
    counts = ", ".join(f"{role} {sum(map(len, scopes.values()))}" for role, scopes in PERMISSIONS.items())
    print(f"policies: the expected actions ({counts}); Rekognition only if RekognitionInterval is not 0")


def assert_pictures(template):
    """The bucket with pictures is private and encrypted, takes TLS only, expires its objects and outlives the stack;
    with 0 days there is none."""
    bucket = template["Resources"]["IncidentPictures"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain", bucket
    deployed = Deployed(template, IncidentPictureDays="30")
    [(name, bucket)] = deployed.of_type("AWS::S3::Bucket").items()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, bucket
    assert "BucketName" not in bucket, "a stack that is created again would find its bucket's name taken"
    [encryption] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}, encryption
    rules = bucket["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}, rules
    # Known stills are under known-stills/.
    expiry = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    assert expiry == {digit: "30" for digit in "0123456789"}, expiry
    [policy] = deployed.of_type("AWS::S3::BucketPolicy").values()
    [statement] = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*"), statement
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}, statement
    none = Deployed(template, IncidentPictureDays="0")
    assert not none.of_type("AWS::S3::Bucket") and not none.of_type("AWS::S3::BucketPolicy")
    assert "s3:" not in json.dumps(none.resources)
    for function in none.of_type("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["PICTURE_BUCKET"] == ""
    print(f"pictures: {name} is private, encrypted, takes TLS only, expires and outlives the stack; none with 0 days")


# Actions that begin like this read, or, as a query of logs does, leave nothing behind.
READING = ("Describe", "Get", "List", "StartQuery", "StopQuery")


def assert_viewers(template):
    assert not Deployed(template, PictureWall="no").of_type("AWS::IAM::ManagedPolicy")
    (policy,) = Deployed(template).of_type("AWS::IAM::ManagedPolicy").values()
    assert not {"Roles", "Users", "Groups"} & set(policy), "whoever deploys decides who may see the pictures"
    allowed = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow", statement
        allowed |= {action: statement["Resource"] for action in action_list(statement)}
    assert allowed.pop("lambda:InvokeFunction") == "<Multiviewer.Arn>", "the wall's function and no other"
    assert allowed["cloudwatch:GetDashboard"].endswith(f":dashboard/{STACK}-{REGION}")
    assert allowed["logs:StartQuery"] == "<MonitorLog.Arn>"
    assert {"cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms", "logs:GetQueryResults"} <= set(allowed)
    assert all(action.split(":")[1].startswith(READING) for action in allowed), allowed
    assert template["Outputs"]["ViewerPolicyArn"]["Value"] == {"Ref": "ViewerPolicy"}
    print(f"viewers: a policy to attach, with the wall's function and {len(allowed)} actions that read")


def named(deployed):
    return {alarm["AlarmName"]: alarm for alarm in deployed.of_type("AWS::CloudWatch::Alarm").values()}


def assert_alarms(template):
    defaults = Deployed(template)
    per_feed = Deployed(
        template, Notify="feeds", FrozenAfter=45, MinimumFeeds=4, MediaLiveAlarms="yes", ChatMessages="yes", Shards=8,
    )
    few_feeds, no_ratings = f"{STACK}-blind-few-feeds", f"{STACK}-care-missing-ratings"
    no_chat = f"{STACK}-care-undelivered-chat"
    assert set(named(defaults)) == ALARMS, set(named(defaults)) ^ ALARMS
    assert set(named(per_feed)) == ALARMS | ALARMS_PER_FEED | ALARMS_OF_MEDIALIVE | {few_feeds, no_chat}
    assert set(named(Deployed(template, RekognitionInterval="0"))) == ALARMS - {no_ratings}
    assert set(named(Deployed(template, MediaLiveAlarms="yes"))) == ALARMS | ALARMS_OF_MEDIALIVE
    assert set(named(Deployed(template, ChatMessages="yes"))) == ALARMS | {no_chat}
    for name, topic in ((f"{STACK}-care-undelivered", "AlarmTopic"), (no_chat, "ChatTopic")):
        alarm = named(per_feed)[name]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SNS", "NumberOfNotificationsFailed"), alarm
        assert alarm["Dimensions"] == [{"Name": "TopicName", "Value": f"<{topic}.TopicName>"}], alarm
    dashboard = f"#dashboards/dashboard/{STACK}-{REGION}"
    for name, alarm in named(per_feed).items():
        assert alarm["AlarmDescription"].endswith(dashboard) and len(alarm["AlarmDescription"]) <= 1024, name
        assert alarm["AlarmActions"] == ["<AlarmTopic>"], name
        # The end of a failed delivery must not be notified: that delivery would fail again.
        assert ("OKActions" not in alarm) == (name == f"{STACK}-care-undelivered"), name
        assert alarm.get("OKActions", ["<AlarmTopic>"]) == ["<AlarmTopic>"], name
        assert alarm["TreatMissingData"] in ("ignore", "breaching", "notBreaching"), name
        assert "ChannelId=" not in json.dumps(alarm) and "WHERE" not in json.dumps(alarm), name
        assert (alarm["TreatMissingData"] == "breaching") == (name == f"{STACK}-blind-heartbeat"), name
        assert_stated_time(name, alarm)
    for name in ("frozen", "black", "bars", "no-picture"):
        fleet = f"{STACK}-picture-{name}"
        assert named(per_feed)[fleet]["ActionsEnabled"] is False
        alarm = named(per_feed)[f"{fleet}-feed"]
        assert alarm["Metrics"][0]["Period"] == 60
        assert " GROUP BY ChannelId, Pipeline ORDER BY MAX() DESC" in alarm["Metrics"][0]["Expression"]
        assert f"only while {STACK}-blind-heartbeat is OK" in alarm["AlarmDescription"], name
    assert all(alarm["ActionsEnabled"] is True for alarm in named(defaults).values())
    assert_nobody_is_told_twice(template)
    assert_alarms_watch_every_shard(template)
    for parameters in ({}, {"Notify": "feeds", "MinimumFeeds": 4, "MediaLiveAlarms": "yes", "ChatMessages": "yes"}):
        paused = named(Deployed(template, Paused="yes", **parameters))
        assert not [name for name, alarm in paused.items() if alarm["ActionsEnabled"]], "sends while paused"
    assert named(per_feed)[f"{STACK}-picture-frozen-feed"]["Threshold"] == 45
    assert named(per_feed)[few_feeds]["Threshold"] == 4
    assert "fewer than 4 feeds" in named(per_feed)[few_feeds]["AlarmDescription"]
    assert defaults.of_type("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardName"] == f"{STACK}-{REGION}"
    assert_heartbeat(named(defaults)[f"{STACK}-blind-heartbeat"])
    assert_no_picture(named(defaults)[f"{STACK}-picture-no-picture"])
    print(
        f"alarms: {len(ALARMS)}, one more with MinimumFeeds, and {len(ALARMS_PER_FEED)} per feed with Notify = feeds;"
        " all notify the topic, link to the dashboard, fire after the time that they state, and are silent while"
        " Paused"
    )


def assert_alarms_watch_every_shard(template):
    """Each alarm on a function of the monitor adds up the functions of all shards."""
    for shards in (1, 2, 4, 8):
        deployed = Deployed(template, Shards=shards)
        functions = {f"<{name}>" for name, _ in monitors(deployed)}
        watching = set()
        for name, alarm in named(deployed).items():
            stats = {one["Id"]: one["MetricStat"] for one in alarm.get("Metrics", []) if "MetricStat" in one}
            dimensions = alarm.get("Dimensions", []) + [
                dimension for stat in stats.values() for dimension in stat["Metric"].get("Dimensions", [])
            ]
            watched = {one["Value"] for one in dimensions if one["Name"] == "FunctionName"} - {"<Notifier>"}
            if not watched:
                continue
            watching.add(name)
            assert watched == functions, f"{name} watches {watched}"
            (total,) = [one for one in alarm["Metrics"] if one["ReturnData"]]
            assert set(total["Expression"].split(" + ")) - {"0"} == set(stats), total
            assert len({json.dumps({**stat, "Metric": stat["Metric"]["MetricName"]}) for stat in stats.values()}) == 1
        assert watching == {f"{STACK}-blind-errors", f"{STACK}-blind-throttled"}, watching


def assert_nobody_is_told_twice(template):
    """Mails, alarms per kind or alarms per feed: the choice tells of a new fault, and nothing else does."""
    for notify in ("events", "fleet", "feeds"):
        deployed = Deployed(template, Notify=notify)
        rule = deployed.of_type("AWS::Events::Rule")["NotifierRule"]
        assert rule["State"] == ("ENABLED" if notify == "events" else "DISABLED"), notify
        alarms = named(deployed)
        for name in ("frozen", "black", "bars", "flat", "repeating", "partial", "slate", "mismatch", "no-picture"):
            alarm = alarms[f"{STACK}-picture-{name}"]
            assert alarm["EvaluationPeriods"] == (15 if notify == "events" else 1), (notify, name)
            assert ("must have missed it" in alarm["AlarmDescription"]) == (notify == "events"), (notify, name)
            per_feed = f"{STACK}-picture-{name}-feed" in alarms
            shared = ("flat", "repeating", "partial", "slate", "mismatch")
            assert per_feed == (notify == "feeds" and name not in shared), (notify, name)
            assert alarm["ActionsEnabled"] is not per_feed, (notify, name)
    assert Deployed(template, Paused="yes").of_type("AWS::Events::Rule")["NotifierRule"]["State"] == "DISABLED"


WORDS = {"three": 3, "four": 4, "five": 5, "ten": 10, "15": 15}


def assert_stated_time(name, alarm):
    """The minutes in an alarm's description are those of its evaluation periods."""
    period = next((one.get("Period") or one["MetricStat"]["Period"] for one in reversed(alarm.get("Metrics", []))), None)
    minutes = alarm["EvaluationPeriods"] * (period or alarm["Period"]) // 60
    for stated in re.findall(r"[Ff]or (\w+) minutes", alarm["AlarmDescription"]):
        assert WORDS[stated] == minutes, f"{name} says {stated} minutes and waits for {minutes}"


def minutes_until_alarm(alarm, reach):
    """The minutes from the last datapoint until the alarm, by CloudWatch's rules: it looks back `reach` periods,
    which are more than its evaluation periods, and while it finds enough datapoints there it evaluates the newest
    of them and ignores the missing ones
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html)."""
    needed = alarm["EvaluationPeriods"]
    filled = any("FILL(" in one.get("Expression", "") for one in alarm.get("Metrics", []))
    for silent in range(1, 60):
        datapoints = ([6] * 60 + [0 if filled else None] * silent)[-reach:]
        found = [value for value in datapoints if value is not None][-needed:]
        missing = needed - len(found)
        if all(value < alarm["Threshold"] for value in found) and (
            missing == 0 or alarm["TreatMissingData"] == "breaching"
        ):
            return silent
    raise AssertionError("no alarm within an hour")


def assert_heartbeat(alarm):
    assert "nothing for four minutes" in alarm["AlarmDescription"], alarm
    for reach in (4, 5, 6, 7, 10):
        assert minutes_until_alarm(alarm, reach) == 4, f"looking back {reach} periods"
    metrics = {one["Id"]: one for one in alarm["Metrics"]}
    assert metrics["published"]["MetricStat"]["Stat"] == "SampleCount"
    assert metrics["published"]["MetricStat"]["Metric"]["MetricName"] == "WatchedFeeds"
    # The first tick of a new stack starts within a minute or two, and a new metric can be read two minutes later.
    assert 5 <= alarm["WarmUpConfiguration"]["WarmUpPeriodDurationInMinutes"] <= 15


def assert_no_picture(alarm):
    """Sums are compared, because the largest counts of a minute may be those of different shards."""
    metrics = {one["Id"]: one for one in alarm["Metrics"]}
    assert metrics["lost"]["Expression"] == "noPicture - noThumbnails"
    for id, name in (("noPicture", "NoPictureFeeds"), ("noThumbnails", "NoThumbnailFeeds")):
        stat = metrics[id]["MetricStat"]
        assert (stat["Metric"]["MetricName"], stat["Stat"], stat["Period"]) == (name, "Sum", 60), stat


def assert_dashboard(template):
    counts = []
    for parameters in (
        {}, {"PictureWall": "no"}, {"RekognitionRegion": "eu-central-1"}, {"RekognitionInterval": "0"},
        {
            "Notify": "feeds", "Shards": 8, "MetricNamespace": "Play/Out", "MinimumFeeds": 4, "MediaLiveAlarms": "yes",
            "ChatMessages": "yes",
        },
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
        by_title = {one["properties"].get("title"): one["properties"] for one in body["widgets"]}
        assert_dashboard_shows_every_shard(body)
        # Each feed is a row.
        assert by_title["Worst feeds"]["table"]["layout"] == "horizontal"
        ratings = by_title[f"DetectLabels in {parameters.get('RekognitionRegion', REGION)}, whole account"]
        assert ratings["region"] == parameters.get("RekognitionRegion", REGION)
    print(
        f"dashboard: valid with and without the picture wall ({counts[0]} and {counts[1]} widgets),"
        " lists every alarm"
    )


def assert_dashboard_shows_every_shard(body):
    """Searches for metrics of functions name those of all shards. `assert_shards` has the functions' names."""
    rows = [row for widget in body["widgets"] for row in widget["properties"].get("metrics", [])]
    assert not [row for row in rows if "FunctionName" in row], "a function without those of the other shards"
    searches = [row[0]["expression"] for row in rows if "FunctionName" in json.dumps(row[0])]
    assert len(searches) == 5, searches
    for search in searches:
        names = re.findall('"([^"]+)"', search.split("FunctionName=(")[1])
        assert names == ["<Monitor>", *(f"<Monitor>-{shard}" for shard in range(1, 8))], search
        assert search.count("(") == search.count(")"), search
        # With the longest name of a stack.
        assert len(search.replace("<Monitor>", "s" * 51 + "-monitor")) <= 1024, search


def assert_topic_and_queue(template):
    defaults = Deployed(template)
    with_chat = Deployed(template, ChatMessages="yes")
    for kind, deny in (("AWS::SNS::TopicPolicy", "sns:Publish"), ("AWS::SQS::QueuePolicy", "sqs:*")):
        policies = with_chat.of_type(kind).values()
        assert len(policies) == 2
        for policy in policies:
            tls = next(one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny")
            assert tls["Action"] == deny and tls["Principal"] == "*"
            assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    for topic in with_chat.of_type("AWS::SNS::Topic").values():
        assert topic["KmsMasterKeyId"] == "<AlarmKey>", topic
    assert not defaults.of_type("AWS::SNS::Subscription")
    (mail,) = Deployed(template, AlarmEmail="mcr@example.com").of_type("AWS::SNS::Subscription").values()
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "mcr@example.com")
    kept = {
        name
        for name, body in defaults.resources.items()
        if body.get("DeletionPolicy", "Delete") != "Delete"
    }
    assert kept == {"IncidentPictures"}, f"kept when the stack is deleted: {kept}"
    print(
        "topics and queues: encrypted, TLS only; e-mail only with AlarmEmail;"
        " only pictures are kept when the stack is deleted"
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
        # moto gives a permission of a function no id.
        one["LogicalResourceId"]: one.get("PhysicalResourceId")
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
    multiviewer = functions.get_function_configuration(FunctionName=f"customWidget-{STACK}")
    assert multiviewer["Environment"]["Variables"] == variables | {"THUMBNAIL_TPS": ""}

    roles = client("iam")
    for logical in ("MonitorRole", "MultiviewerRole", "NotifierRole"):
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
        f"/aws/lambda/{STACK}-monitor": 30, f"/aws/lambda/customWidget-{STACK}": 30,
        f"/aws/lambda/{STACK}-notifier": 30,
    }, groups
    dashboard = client("cloudwatch").get_dashboard(DashboardName=f"{STACK}-{REGION}")
    dashboard = json.loads(dashboard["DashboardBody"])
    assert len(dashboard["widgets"]) > 20 and dashboard["widgets"][0]["type"] == "custom"

    version = pathlib.Path("Cargo.toml").read_text(encoding="utf-8").split('\nversion = "', 1)[1].split('"', 1)[0]
    assert outputs["Version"] == version, outputs
    assert outputs["ViewerPolicyArn"] == created["ViewerPolicy"], outputs

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
    assert_numbers(template)
    assert_sizes(template)
    assert_rules(template)
    assert_guided(template)
    assert_schedules(template)
    assert_shards(template)
    assert_functions(template)
    assert_policies(template)
    assert_pictures(template)
    assert_notifier(template)
    assert_viewers(template)
    assert_alarms(template)
    assert_dashboard(template)
    assert_topic_and_queue(template)


if __name__ == "__main__":
    main()
