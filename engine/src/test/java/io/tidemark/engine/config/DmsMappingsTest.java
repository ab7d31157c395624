package io.tidemark.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.capture.Enrolment;
import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.engine.mirror.AddedColumn.Content;
import io.tidemark.engine.mirror.MirrorShape;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import io.tidemark.spi.source.TableScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DmsMappingsTest {
    @TempDir
    Path folder;

    private static String selection(int id, String action, String schema, String table) {
        return """
                {"rule-type": "selection", "rule-id": "%d", "rule-name": "r%d", "rule-action": "%s", "filters": [],
                 "object-locator": {"schema-name": "%s", "table-name": "%s"}}""".formatted(id, id, action, schema, table);
    }

    private static String transformation(
            int id, String target, String action, String schema, String table, String column, String more) {
        return """
                {"rule-type": "transformation", "rule-id": "%d", "rule-target": "%s", "rule-action": "%s",
                 "object-locator": {"schema-name": "%s"%s%s}%s}""".formatted(
                        id,
                        target,
                        action,
                        schema,
                        table.isEmpty() ? "" : ", \"table-name\": \"" + table + "\"",
                        column.isEmpty() ? "" : ", \"column-name\": \"" + column + "\"",
                        more.isEmpty() ? "" : ", " + more);
    }

    private static String added(String expression, String type) {
        return transformation(
                2,
                "column",
                "add-column",
                "sales",
                "orders",
                "",
                "\"value\": \"extra\", \"expression\": \"" + expression + "\", \"data-type\": {\"type\": \"" + type
                        + "\"}");
    }

    private static String filtered(String selection, String column, String conditions) {
        return selection.replace(
                "\"filters\": []",
                "\"filters\": [{\"filter-type\": \"source\", \"column-name\": \"" + column
                        + "\", \"filter-conditions\": [" + conditions + "]}]");
    }

    private PipelineConfig read(String... rules) throws IOException {
        Files.writeString(folder.resolve("mappings.json"), "{\"rules\": [" + String.join(",\n", rules) + "]}");
        return ConfigFixture.read(folder, ConfigFixture.LEAST + "table-mappings: ./mappings.json\n");
    }

    private List<String> selected(String... rules) throws IOException {
        List<TableRule> found = read(rules).tables();
        return Stream.of(
                        "sales.orders",
                        "sales.order_items",
                        "sales.orderXitems",
                        "sales.tmp_a",
                        "hr.people",
                        "SALES.orders")
                .filter(name -> {
                    String[] parts = name.split("\\.");
                    return Enrolment.ruleFor(found, new TableId(parts[0], parts[1]))
                            .isPresent();
                })
                .toList();
    }

    private void refused(String message, String... rules) {
        assertThatThrownBy(() -> read(rules))
                .hasMessageContaining("tidemark.yaml:4: table-mappings: ./mappings.json " + message);
    }

    @Test
    void includesLessExcludesInWhateverOrder() throws IOException {
        assertThat(selected(selection(1, "include", "sales", "%"), selection(2, "exclude", "%", "tmp[_]%")))
                .containsExactly("sales.orders", "sales.order_items", "sales.orderXitems");
        assertThat(selected(selection(1, "exclude", "%", "tmp[_]%"), selection(2, "include", "sales", "%")))
                .containsExactly("sales.orders", "sales.order_items", "sales.orderXitems");
    }

    @Test
    void anUnderscoreIsOneCharacterUnlessInBrackets() throws IOException {
        assertThat(selected(selection(1, "include", "sales", "order_items")))
                .containsExactly("sales.order_items", "sales.orderXitems");
        assertThat(selected(selection(1, "include", "sales", "order[_]items"))).containsExactly("sales.order_items");
    }

    @Test
    void explicitNamesOneTableAsItIs() throws IOException {
        assertThat(selected(selection(1, "explicit", "sales", "order_items"))).containsExactly("sales.order_items");
        assertThat(selected(selection(1, "explicit", "hr", "people"), selection(2, "include", "sales", "orders")))
                .containsExactly("sales.orders", "hr.people");
    }

    @Test
    void whatIsNotDoneIsRefusedByName() {
        String include = selection(1, "include", "sales", "%");
        refused(
                "rule 2 has rule-action 'define-primary-key', which is not done: the key of a mirror is that of its table",
                include,
                transformation(2, "table", "define-primary-key", "sales", "orders", "", ""));
        refused(
                "rule 2 has rule-action 'add-before-image-columns', which is not done",
                include,
                transformation(2, "column", "add-before-image-columns", "sales", "orders", "%", ""));
        refused(
                "rule 2 has rule-target 'table-tablespace', which is not done",
                include,
                transformation(2, "table-tablespace", "rename", "sales", "orders", "", "\"value\": \"x\""));
        refused(
                "rule 2 has 'load-order', which is not done",
                include,
                transformation(2, "table", "convert-lowercase", "sales", "orders", "", "\"load-order\": 1"));
        refused(
                "rule 2 has the expression operation_indicator('D', 'U', 'I'), which is not done: a rule's 'delete: soft'",
                include,
                added("operation_indicator('D', 'U', 'I')", "string"));
        refused("rule 2 has the expression $A||'_'||$B, which is not done", include, added("$A||'_'||$B", "string"));
        refused(
                "rule 2 adds a column of $AR_H_OPERATION with data-type int4",
                include,
                added("$AR_H_OPERATION", "int4"));
        refused("rule 2 has the expression 'x', which is no constant of its data-type", include, added("'x'", "int4"));
        refused(
                "rule 2 changes a data-type and has a wildcard",
                include,
                transformation(
                        2, "column", "change-data-type", "sales", "%", "a", "\"data-type\": {\"type\": \"string\"}"));
        refused(
                "rule 2 changes a data-type to one that is not done",
                include,
                transformation(
                        2,
                        "column",
                        "change-data-type",
                        "sales",
                        "orders",
                        "a",
                        "\"data-type\": {\"type\": \"boolean\"}"));
        refused(
                "rule 2 has rule-type 'table-settings'",
                include,
                "{\"rule-type\": \"table-settings\", \"rule-id\": \"2\"}");
        refused(
                "rule 1 has 'load-order', which is not done",
                include.replace("\"filters\": []", "\"load-order\": \"2\""));
        refused(
                "rule 1 has filters, which are for rules that include one table without a wildcard",
                filtered(selection(1, "include", "sales", "%"), "a", "{\"filter-operator\": \"null\"}"));
        refused(
                "rule 1: the name of schema or table, or a filter, has a filter-operator that is not known (found: like)",
                filtered(selection(1, "include", "sales", "orders"), "a", "{\"filter-operator\": \"like\"}"));
        refused(
                "rule 1: the name of schema or table, or a filter, has the filter-operator between with other values than it takes",
                filtered(
                        selection(1, "include", "sales", "orders"),
                        "a",
                        "{\"filter-operator\": \"between\", \"value\": \"1\"}"));
        refused(
                "rule 1 selects table-type 'all'",
                include.replace("\"table-name\"", "\"table-type\": \"all\", \"table-name\""));
        refused(
                "rule 1: the name of schema or table, or a filter, has a set of characters",
                selection(1, "include", "sales", "[ab]%"));
    }

    @Test
    void namesOfSchemasTablesAndColumnsChange() throws IOException {
        PipelineConfig config = read(
                selection(1, "include", "%", "%"),
                transformation(2, "schema", "rename", "sales", "", "", "\"value\": \"lake\""),
                transformation(3, "table", "add-prefix", "sales", "%", "", "\"value\": \"t_\""),
                transformation(4, "column", "convert-uppercase", "%", "%", "%", ""),
                transformation(
                        5,
                        "column",
                        "replace-suffix",
                        "sales",
                        "%",
                        "%",
                        "\"value\": \"_NO\", \"old-value\": \"_ID\""));
        MirrorShape shape = config.shape(new TableId("sales", "orders"));
        assertThat(shape.table()).isEqualTo(new TableId("lake", "t_orders"));
        assertThat(shape.name("customer_id")).isEqualTo("CUSTOMER_NO");
        assertThat(shape.name("note")).isEqualTo("NOTE");
        assertThat(config.shape(new TableId("hr", "people")).table()).isEqualTo(new TableId("hr", "people"));
    }

    @Test
    void columnsAreRemovedKeptAddedAndRetyped() throws IOException {
        PipelineConfig config = read(
                selection(1, "include", "sales", "%"),
                transformation(2, "column", "remove-column", "sales", "orders", "col%", ""),
                transformation(3, "column", "include-column", "sales", "people", "id", ""),
                transformation(4, "column", "include-column", "sales", "people", "na_e", ""),
                transformation(
                        5,
                        "column",
                        "add-column",
                        "sales",
                        "orders",
                        "",
                        "\"value\": \"at\", \"expression\": \"$AR_H_COMMIT_TIMESTAMP\", \"data-type\": {\"type\": \"datetime\"}"),
                transformation(
                        6,
                        "column",
                        "change-data-type",
                        "sales",
                        "orders",
                        "amount",
                        "\"data-type\": {\"type\": \"string\"}"));
        TableScope orders = config.scope(new TableId("sales", "orders"));
        assertThat(orders.omits("column", 1)).isTrue();
        assertThat(orders.omits("id", 2)).isFalse();
        TableScope people = config.scope(new TableId("sales", "people"));
        assertThat(people.omits("id", 1)).isFalse();
        assertThat(people.omits("name", 2)).isFalse();
        assertThat(people.omits("ids", 3)).isTrue();
        assertThat(people.omits("salary", 4)).isTrue();
        assertThat(config.shape(new TableId("sales", "orders")).added())
                .containsExactly(new AddedColumn("at", ColumnType.TIMESTAMP_TZ, Content.COMMIT_TIME, ""));
        assertThat(config.columns(new TableId("sales", "orders")).get("amount").type())
                .isEqualTo(ColumnType.STRING);
    }

    @Test
    void filtersSelectRows() throws IOException {
        PipelineConfig config = read(
                selection(1, "include", "sales", "%"), filtered(selection(2, "include", "sales", "orders"), "id", """
                        {"filter-operator": "ste", "value": "10"},
                        {"filter-operator": "between", "start-value": "50", "end-value": "75"},
                        {"filter-operator": "notnull"}"""));
        assertThat(config.scope(new TableId("sales", "orders")).rows().conditions())
                .containsExactly(new ColumnCondition(
                        "id",
                        List.of(
                                new Comparison(Operator.LESS_OR_EQUAL, List.of("10")),
                                new Comparison(Operator.BETWEEN, List.of("50", "75")),
                                new Comparison(Operator.NOT_NULL, List.of()))));
        assertThat(config.scope(new TableId("sales", "other")).isWhole()).isTrue();
    }

    @Test
    void whatIsWrongIsSaid() throws IOException {
        refused("selects no table", selection(1, "exclude", "sales", "%"));
        refused("rule 1 must have the rule-action include", selection(1, "take", "sales", "%"));
        refused("rule 1 must have object-locator.schema-name", "{\"rule-type\": \"selection\", \"rule-id\": \"1\"}");
        refused("rule 1 is there twice", selection(1, "include", "a", "%"), selection(1, "include", "b", "%"));
        refused(
                "names sales.orders explicitly and excludes it too",
                selection(1, "explicit", "sales", "orders"),
                selection(2, "exclude", "sales", "%"));
        refused("is no JSON (line 1)", "{");
        assertThatThrownBy(() -> ConfigFixture.read(folder, ConfigFixture.LEAST + "table-mappings: none.json\n"))
                .hasMessageContaining("table-mappings: none.json cannot be read (NoSuchFileException)");
        Files.writeString(folder.resolve("mappings.json"), "{}");
        assertThatThrownBy(() -> ConfigFixture.read(
                        folder, ConfigFixture.LEAST + "table-mappings: mappings.json\ntables: [{include: 'a.b'}]\n"))
                .hasMessageContaining("tables and table-mappings both select tables");
    }
}
