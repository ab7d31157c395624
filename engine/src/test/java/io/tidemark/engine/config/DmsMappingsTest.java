package io.tidemark.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.capture.Enrolment;
import io.tidemark.spi.schema.TableId;
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
                "rule 2 has rule-type 'transformation', which is not done: names and columns of mirrors are those of the source;"
                        + " take the rule out",
                include,
                "{\"rule-type\": \"transformation\", \"rule-id\": \"2\", \"rule-action\": \"convert-lowercase\"}");
        refused(
                "rule 2 has rule-type 'table-settings'",
                include,
                "{\"rule-type\": \"table-settings\", \"rule-id\": \"2\"}");
        refused(
                "rule 1 has 'load-order', which is not done",
                include.replace("\"filters\": []", "\"load-order\": \"2\""));
        refused(
                "rule 1 has filters, which are not done",
                include.replace("\"filters\": []", "\"filters\": [{\"filter-type\": \"source\"}]"));
        refused(
                "rule 1 selects table-type 'all'",
                include.replace("\"table-name\"", "\"table-type\": \"all\", \"table-name\""));
        refused(
                "rule 1: the name of schema or table has a set of characters",
                selection(1, "include", "sales", "[ab]%"));
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
