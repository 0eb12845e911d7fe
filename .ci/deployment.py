"""The transformed template as CloudFormation would deploy it: which values of its parameters it rejects, and what
its resources are for those that it accepts."""

import re

REGION, ACCOUNT, STACK = "eu-west-1", "123456789012", "source-monitor"


def rejections(template, parameters, region=REGION):
    """Why CloudFormation rejects these values before it creates anything; an empty list if it accepts them. All
    other parameters have their defaults. A pattern must match the whole value
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html)."""
    values = {name: str(body["Default"]) for name, body in template["Parameters"].items()} | {
        name: str(value) for name, value in parameters.items()
    }
    found = []
    for name, value in values.items():
        body = template["Parameters"][name]
        items = [item.strip(" ") for item in value.split(",")] if is_list(body) else [value]
        if not all(accepts(body, item) for item in items):
            found.append(f"{name}: {body.get('ConstraintDescription', body.get('AllowedValues'))}")
    return found + broken_rules(template, values | {"AWS::Region": region})


def is_list(body):
    return body["Type"] == "CommaDelimitedList"


def accepts(body, value):
    """Whether a parameter accepts a text, or a list parameter one of its items."""
    allowed = body.get("AllowedValues")
    if allowed is not None and value not in map(str, allowed):
        return False
    if "AllowedPattern" in body and not re.fullmatch(body["AllowedPattern"], value):
        return False
    if body["Type"] == "Number":
        # CloudFormation accepts what Java reads as a floating-point number.
        try:
            number = float(value)
        except ValueError:
            return False
        return body.get("MinValue", number) <= number <= body.get("MaxValue", number)
    return len(value) <= body.get("MaxLength", len(value))


def broken_rules(template, values):
    """The descriptions of the assertions that fail."""

    def evaluate(node):
        if isinstance(node, list):
            return [evaluate(item) for item in node]
        if not isinstance(node, dict):
            return node
        ((function, inner),) = node.items()
        if function == "Ref":
            listed = inner in template["Parameters"] and is_list(template["Parameters"][inner])
            return values[inner].split(",") if listed else values[inner]
        inner = evaluate(inner)
        if function == "Fn::Contains":
            return inner[1] in inner[0]
        if function == "Fn::Equals":
            return inner[0] == inner[1]
        if function == "Fn::Not":
            return not inner[0]
        if function == "Fn::Or":
            return any(inner)
        if function == "Fn::And":
            return all(inner)
        raise AssertionError(f"no function of rules: {function}")

    return [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        if evaluate(rule.get("RuleCondition", True))
        for assertion in rule["Assertions"]
        if not evaluate(assertion["Assert"])
    ]


class Deployed:
    """The stack's resources for these parameters; all others have their defaults. References are resolved as
    far as the assertions need: a resource becomes `<Name>`, and an attribute of it `<Name.Attribute>`."""

    def __init__(self, template, region=REGION, stack=STACK, **parameters):
        self.template = template
        self.values = {
            name: parameters.pop(name, body["Default"]) for name, body in template["Parameters"].items()
        }
        assert not parameters, f"unknown parameters: {parameters}"
        rejected = rejections(template, self.values, region)
        assert not rejected, rejected
        self.values |= {
            "AWS::Region": region,
            "AWS::AccountId": ACCOUNT,
            "AWS::StackName": stack,
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
