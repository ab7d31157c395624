package io.tidemark.engine.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table mappings of an AWS DMS task as rules for tables. Selection rules select as they do there (DMS user guide, "Selection rules and actions"):
 * a table is in when an include rule matches it and no exclude rule does, or when an explicit rule names it; an include rule with filters goes
 * before those without; names are case-sensitive. What else such a document can hold is refused by name, since a mirror without it would not be
 * what the document says.
 */
final class DmsMappings {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FIELDS =
            Set.of("rule-type", "rule-id", "rule-name", "rule-action", "object-locator", "filters");
    private static final Map<String, String> OTHER_TYPES = Map.of(
            "table-settings", "limits.snapshot-readers and limits.chunk-size say how a table is loaded",
            "data-masking", "values arrive as the database holds them");

    private final Problems problems;
    private final int line;
    private final String file;
    private final List<TableRule> explicit = new ArrayList<>();
    private final List<TableRule> excludes = new ArrayList<>();
    private final List<TableRule> filtered = new ArrayList<>();
    private final List<TableRule> includes = new ArrayList<>();
    private final List<Transformation> transformations = new ArrayList<>();

    /**
     * @param line line of the setting that names the document
     * @param file the document, as the setting names it
     */
    DmsMappings(Problems problems, int line, String file) {
        this.problems = problems;
        this.line = line;
        this.file = file;
    }

    /** The rules, in an order in which the first that matches decides. */
    List<TableRule> read(String document) {
        JsonNode rules;
        try {
            rules = JSON.readTree(document).path("rules");
        } catch (JsonProcessingException e) {
            problem("is no JSON (line " + e.getLocation().getLineNr() + ")");
            return List.of();
        }
        if (!rules.isArray()) {
            problem("must be an object with a list 'rules'");
            return List.of();
        }
        Set<String> ids = new HashSet<>();
        boolean isClean = true;
        for (JsonNode rule : rules) {
            String id = rule.path("rule-id").asText("");
            String name = id.isEmpty() ? "a rule without rule-id" : "rule " + id;
            if (!id.isEmpty() && !ids.add(id)) {
                problem(name + " is there twice");
                isClean = false;
            }
            isClean &= add(rule, name);
        }
        for (TableRule named : explicit) {
            TableId table = named.pattern().exact().orElseThrow();
            if (excludes.stream().anyMatch(rule -> rule.matches(table))) {
                problem("names " + table + " explicitly and excludes it too: take one of the rules out");
                isClean = false;
            }
        }
        if (isClean && explicit.isEmpty() && filtered.isEmpty() && includes.isEmpty()) {
            problem("selects no table: it has no selection rule that includes one");
        }
        List<TableRule> all = new ArrayList<>(explicit);
        all.addAll(excludes);
        all.addAll(filtered);
        all.addAll(includes);
        return all;
    }

    /** What the document says of names and columns, in its order; to be asked after {@link #read}. */
    List<Transformation> transformations() {
        return transformations;
    }

    /** Returns whether the rule was understood. */
    private boolean add(JsonNode rule, String name) {
        String type = rule.path("rule-type").asText("");
        if (type.equals("transformation")) {
            try {
                transformations.add(new DmsTransformations(line).read(rule));
                return true;
            } catch (IllegalArgumentException e) {
                problem(name + " " + e.getMessage());
                return false;
            }
        }
        if (!type.equals("selection")) {
            String reason = OTHER_TYPES.get(type);
            problem(name + " has rule-type '" + type + "', which is not done" + (reason == null ? "" : ": " + reason)
                    + "; take the rule out");
            return false;
        }
        boolean isClean = true;
        for (Iterator<String> fields = rule.fieldNames(); fields.hasNext(); ) {
            String field = fields.next();
            if (!FIELDS.contains(field)) {
                problem(name + " has '" + field + "', which is not done; take it out");
                isClean = false;
            }
        }
        return addSelection(rule, name) && isClean;
    }

    private boolean addSelection(JsonNode rule, String name) {
        JsonNode locator = rule.path("object-locator");
        for (Iterator<String> fields = locator.fieldNames(); fields.hasNext(); ) {
            String field = fields.next();
            if (!Set.of("schema-name", "table-name", "table-type").contains(field)) {
                problem(name + " has object-locator." + field + ", which is not done; take it out");
                return false;
            }
        }
        String type = locator.path("table-type").asText("table");
        if (!type.equals("table")) {
            problem(name + " selects table-type '" + type + "': views have no changes to follow; only 'table' is done");
            return false;
        }
        String schema = locator.path("schema-name").asText("");
        String table = locator.path("table-name").asText("");
        if (schema.isEmpty() || table.isEmpty()) {
            problem(name + " must have object-locator.schema-name and object-locator.table-name");
            return false;
        }
        try {
            RowFilter where = DmsFilters.read(rule.path("filters"));
            String action = rule.path("rule-action").asText("");
            TablePattern pattern = action.equals("explicit")
                    ? TablePattern.ofTable(new TableId(schema, table))
                    : TablePattern.ofDms(schema, table);
            if (!where.isEmpty()
                    && (!action.equals("include") || pattern.exact().isEmpty())) {
                problem(
                        name
                                + " has filters, which are for rules that include one table without a wildcard ([_] is an underscore)");
                return false;
            }
            switch (action) {
                case "include" -> (where.isEmpty() ? includes : filtered).add(TableRule.filtered(true, pattern, where));
                case "exclude" -> excludes.add(TableRule.plain(false, pattern));
                case "explicit" -> explicit.add(TableRule.plain(true, pattern));
                default -> {
                    problem(name + " must have the rule-action include, exclude or explicit");
                    return false;
                }
            }
        } catch (IllegalArgumentException e) {
            problem(name + ": the name of schema or table, or a filter, " + e.getMessage());
            return false;
        }
        return true;
    }

    private void problem(String text) {
        problems.add(line, "table-mappings: " + file + " " + text);
    }
}
