package io.tidemark.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.engine.config.Transformation.Kind;
import io.tidemark.engine.config.Transformation.Target;
import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.engine.mirror.AddedColumn.Content;
import io.tidemark.engine.mirror.NameChange;
import io.tidemark.engine.mirror.NameChange.Action;
import io.tidemark.spi.schema.ColumnType;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * The transformation rules of an AWS DMS task (DMS user guide, "Transformation rules and actions" and "Using transformation rule expressions to
 * define column content"). What is not done is refused with its reason.
 */
final class DmsTransformations {
    private static final Map<String, Action> NAME_ACTIONS = Map.of(
            "rename", Action.RENAME,
            "add-prefix", Action.ADD_PREFIX,
            "remove-prefix", Action.REMOVE_PREFIX,
            "replace-prefix", Action.REPLACE_PREFIX,
            "add-suffix", Action.ADD_SUFFIX,
            "remove-suffix", Action.REMOVE_SUFFIX,
            "replace-suffix", Action.REPLACE_SUFFIX,
            "convert-lowercase", Action.LOWERCASE,
            "convert-uppercase", Action.UPPERCASE);
    private static final Map<String, String> REFUSED = Map.of(
            "define-primary-key", "the key of a mirror is that of its table",
            "add-before-image-columns", "the history has the row before each change: history.\"schema\".\"table\"");
    private static final Set<String> FIELDS = Set.of(
            "rule-type",
            "rule-id",
            "rule-name",
            "rule-action",
            "rule-target",
            "object-locator",
            "value",
            "old-value",
            "expression",
            "data-type");
    private static final Set<String> LOCATORS = Set.of("schema-name", "table-name", "column-name");

    private final int line;

    DmsTransformations(int line) {
        this.line = line;
    }

    /**
     * The rule.
     *
     * @throws IllegalArgumentException with a reason for people, to stand behind the rule's name
     */
    Transformation read(JsonNode rule) {
        String action = rule.path("rule-action").asText("");
        if (REFUSED.containsKey(action)) {
            throw new IllegalArgumentException("has rule-action '" + action + "', which is not done: "
                    + REFUSED.get(action) + "; take the rule out");
        }
        requireKnown(rule, FIELDS, "");
        JsonNode locator = rule.path("object-locator");
        requireKnown(locator, LOCATORS, "object-locator.");
        Target target = target(rule);
        TablePattern tables = tables(locator, target);
        if (NAME_ACTIONS.containsKey(action)) {
            NamePattern column = target == Target.COLUMN ? column(locator) : NamePattern.ANY_NAME;
            return Transformation.rename(target, tables, column, change(rule, NAME_ACTIONS.get(action)), line);
        }
        if (target != Target.COLUMN) {
            throw unknownAction(action);
        }
        return switch (action) {
            case "remove-column" -> Transformation.choose(Kind.OMIT, tables, column(locator), line);
            case "include-column" -> Transformation.choose(Kind.KEEP, tables, column(locator), line);
            case "add-column" -> Transformation.add(tables, added(rule), line);
            case "change-data-type" -> retyped(rule, tables, column(locator));
            default -> throw unknownAction(action);
        };
    }

    private static IllegalArgumentException unknownAction(String action) {
        return new IllegalArgumentException(
                "has rule-action '" + action + "', which is not done for its rule-target; take the rule out");
    }

    private static void requireKnown(JsonNode object, Set<String> known, String prefix) {
        for (Iterator<String> fields = object.fieldNames(); fields.hasNext(); ) {
            String field = fields.next();
            if (!known.contains(field)) {
                throw new IllegalArgumentException("has '" + prefix + field + "', which is not done; take it out");
            }
        }
    }

    private static Target target(JsonNode rule) {
        String target = rule.path("rule-target").asText("");
        return switch (target) {
            case "schema" -> Target.SCHEMA;
            case "table" -> Target.TABLE;
            case "column" -> Target.COLUMN;
            case "table-tablespace", "index-tablespace" ->
                throw new IllegalArgumentException("has rule-target '" + target
                        + "', which is not done: a lake has no tablespaces; take the rule out");
            default -> throw new IllegalArgumentException("must have the rule-target schema, table or column");
        };
    }

    private static TablePattern tables(JsonNode locator, Target target) {
        String schema = locator.path("schema-name").asText("");
        String table = locator.path("table-name").asText(target == Target.SCHEMA ? "%" : "");
        if (schema.isEmpty() || table.isEmpty()) {
            throw new IllegalArgumentException("must have object-locator.schema-name"
                    + (target == Target.SCHEMA ? "" : " and object-locator.table-name"));
        }
        return TablePattern.ofDms(schema, table);
    }

    private static NamePattern column(JsonNode locator) {
        String column = locator.path("column-name").asText("");
        if (column.isEmpty()) {
            throw new IllegalArgumentException("must have object-locator.column-name");
        }
        return NamePattern.ofDms(column);
    }

    private static NameChange change(JsonNode rule, Action action) {
        boolean replaces = action == Action.REPLACE_PREFIX || action == Action.REPLACE_SUFFIX;
        String old = rule.path("old-value").asText("");
        if (replaces && old.isEmpty()) {
            throw new IllegalArgumentException("must have an old-value");
        }
        boolean turnsCase = action == Action.LOWERCASE || action == Action.UPPERCASE;
        try {
            return new NameChange(action, turnsCase ? "" : rule.path("value").asText(""), replaces ? old : "");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must have a value", e);
        }
    }

    private Transformation retyped(JsonNode rule, TablePattern tables, NamePattern column) {
        if (tables.exact().isEmpty() || column.exact().isEmpty()) {
            throw new IllegalArgumentException(
                    "changes a data-type and has a wildcard: name schema, table and column; 'types' of the configuration changes a"
                            + " type in all tables");
        }
        ColumnType type = type(rule.path("data-type"));
        boolean isDone = type.equals(ColumnType.STRING)
                || type.equals(ColumnType.INT64)
                || type.kind() == ColumnType.Kind.DECIMAL;
        if (!isDone) {
            throw new IllegalArgumentException(
                    "changes a data-type to one that is not done: string, int8 and numeric are");
        }
        return Transformation.retype(tables, column, type, line);
    }

    private static ColumnType type(JsonNode type) {
        String name = type.path("type").asText("");
        return switch (name) {
            case "string", "wstring", "clob", "nclob" -> ColumnType.STRING;
            case "boolean" -> ColumnType.BOOLEAN;
            case "int1", "int2", "int4", "uint1", "uint2" -> ColumnType.INT32;
            case "int8", "uint4" -> ColumnType.INT64;
            case "datetime" -> ColumnType.TIMESTAMP_TZ;
            case "numeric" ->
                ColumnType.decimal(
                        type.path("precision").asInt(38), type.path("scale").asInt(0));
            default ->
                throw new IllegalArgumentException("has a data-type '" + name
                        + "', which is not done here: string, boolean, int1 to int8, datetime and numeric are");
        };
    }

    private static AddedColumn added(JsonNode rule) {
        String name = rule.path("value").asText("");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("must have a value: the name of the new column");
        }
        String expression = rule.path("expression").asText("").strip();
        ColumnType type = type(rule.path("data-type"));
        if (expression.isEmpty()) {
            throw new IllegalArgumentException(
                    "adds a column without an expression, which would hold nothing; take the rule out");
        }
        if (expression.matches("'(?:[^']|'')*'") || expression.matches("[-+]?[0-9]+(?:\\.[0-9]+)?")) {
            return new AddedColumn(name, type, Content.CONSTANT, constant(expression, type));
        }
        Content content = header(expression);
        if (content != null) {
            boolean fits = content == Content.COMMIT_TIME
                    ? type.equals(ColumnType.TIMESTAMP_TZ)
                    : type.equals(ColumnType.STRING);
            if (!fits) {
                throw new IllegalArgumentException("adds a column of " + expression + " with data-type "
                        + rule.path("data-type").path("type").asText() + ": it must be "
                        + (content == Content.COMMIT_TIME ? "datetime" : "string"));
            }
            return new AddedColumn(name, type, content, "");
        }
        if (expression.matches("\\$[\\p{L}_][\\p{L}\\p{N}_]*") && !expression.startsWith("$AR_")) {
            return new AddedColumn(name, type, Content.COLUMN, expression.substring(1));
        }
        if (expression.startsWith("operation_indicator")) {
            throw new IllegalArgumentException("has the expression " + expression
                    + ", which is not done: a rule's 'delete: soft' keeps deleted rows with the time of their delete");
        }
        throw new IllegalArgumentException("has the expression " + expression
                + ", which is not done: a constant, a column behind $, and the headers of commit time, operation, stream position,"
                + " schema and table are; anything else is a generated column of the database or a view on the mirror");
    }

    private static String constant(String expression, ColumnType type) {
        String text = expression.startsWith("'")
                ? expression.substring(1, expression.length() - 1).replace("''", "'")
                : expression;
        try {
            return switch (type.kind()) {
                case STRING -> text;
                case INT32 -> Integer.toString(Integer.parseInt(text));
                case INT64 -> Long.toString(Long.parseLong(text));
                case DECIMAL -> decimal(text, type);
                default -> throw new IllegalArgumentException("no constant of this type");
            };
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "has the expression " + expression + ", which is no constant of its data-type", e);
        }
    }

    private static String decimal(String text, ColumnType type) {
        BigDecimal value = new BigDecimal(text).setScale(type.scale());
        if (value.precision() > type.precision()) {
            throw new ArithmeticException("too many digits");
        }
        return value.toPlainString();
    }

    private static @org.jspecify.annotations.Nullable Content header(String expression) {
        return switch (expression) {
            case "$AR_H_COMMIT_TIMESTAMP", "$AR_H_TIMESTAMP" -> Content.COMMIT_TIME;
            case "$AR_H_STREAM_POSITION" -> Content.POSITION;
            case "$AR_H_OPERATION" -> Content.OPERATION;
            case "$AR_M_SOURCE_SCHEMA" -> Content.SCHEMA;
            case "$AR_M_SOURCE_TABLE_NAME" -> Content.TABLE;
            default -> null;
        };
    }
}
