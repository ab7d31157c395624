package io.tidemark.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioParserTest {
    private static final String HEAD = "# Title\n\nWhat peers\nget wrong.\n\n";

    @Test
    void readsTitleConfigurationAndStepsOfEachSource() {
        Scenario scenario = ScenarioParser.parse("topic/name", HEAD + """
                Pending: a reason

                ## pipeline
                ```yaml
                tables:
                  - include: public.t
                ```
                ## pipeline another
                ```yaml
                tables:
                  - include: other.t
                ```
                ## postgres 15
                ### before
                Prose.
                ```sql
                create table t (id int);
                ```
                ### fails t SOURCE_VALUE
                ```
                remedy
                ```
                ### restart
                ## another
                ### restart
                """);
        assertThat(scenario.topic()).isEqualTo("topic");
        assertThat(scenario.why()).isEqualTo("What peers get wrong.");
        assertThat(scenario.pending()).isEqualTo("a reason");
        assertThat(scenario.pipeline("postgres")).isEqualTo("tables:\n  - include: public.t\n");
        assertThat(scenario.pipeline("another")).isEqualTo("tables:\n  - include: other.t\n");
        assertThat(scenario.sections()).containsOnlyKeys("postgres", "another");
        Scenario.Section section = scenario.sections().get("postgres");
        assertThat(section.minimumVersion()).isEqualTo(15);
        assertThat(section.steps())
                .containsExactly(
                        new Step(Step.Kind.BEFORE, List.of(), List.of("create table t (id int);")),
                        new Step(Step.Kind.FAILS, List.of("t", "SOURCE_VALUE"), List.of("remedy")),
                        new Step(Step.Kind.RESTART, List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no title",
                "# Title\n\n## postgres\n",
                HEAD,
                HEAD + "### before\n",
                HEAD + "## postgres\n### nonsense\n",
                HEAD + "## postgres\n### before\n",
                HEAD + "## postgres\n### before\n```sql\nselect 1;\n",
                HEAD + "## postgres\n### fails t\n",
                HEAD + "## postgres\n### restart\n```sql\nselect 1;\n```\n",
                HEAD + "## postgres\n```sql\nselect 1;\n```\n"
            })
    void refusesWhatMeansNothing(String text) {
        assertThatThrownBy(() -> ScenarioParser.parse("topic/name", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Cannot read scenario topic/name: ");
    }

    @Test
    void splitsStatementsAtTheEndOfLines() {
        assertThat(SqlText.statements("""
                select ';' as a,
                  2;
                do $$
                begin
                  perform 1;
                end $$;
                copy t from stdin;
                1\ta;
                \\.
                select 3;
                """))
                .containsExactly(
                        new SqlText.Statement("select ';' as a,\n  2", ""),
                        new SqlText.Statement("do $$\nbegin\n  perform 1;\nend $$", ""),
                        new SqlText.Statement("copy t from stdin", "1\ta;\n"),
                        new SqlText.Statement("select 3", ""));
        assertThatThrownBy(() -> SqlText.statements("select 1")).hasMessageContaining("no semicolon");
    }
}
