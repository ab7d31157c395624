package io.tidemark.engine.config;

import static io.tidemark.engine.config.ConfigFixture.LEAST;
import static io.tidemark.engine.config.ConfigFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that can be wrong with a configuration file, with the line and the words that tell it. */
class ConfigProblemsTest {
    @TempDir
    Path folder;

    static Stream<Arguments> problems() {
        return Stream.of(
                problem("pipline: x", "4: pipline is not a setting; did you mean pipeline?"),
                problem("workers: 2", "4: workers is not a setting; did you mean limits.workers?"),
                problem("slices: {maxSize: 1GiB}", "4: slices.maxSize is not a setting; did you mean max-size?"),
                problem(
                        "slices: {colour: red}",
                        "4: slices.colour is not a setting; known here: interval, by, max-size, keep, format"),
                problem(
                        "slices: {interval: 10}",
                        "4: slices.interval must be a number with a unit: 500ms, 10s, 5m, 24h or 7d"),
                problem("slices: {by: commit}", "4: slices.by must be arrival or event-time"),
                problem(
                        "slices:\n  by: event-time",
                        "5: slices.by cannot be event-time: source.type postgres has one order, that of its commits"),
                problem("slices: {interval: 500ms}", "4: slices.interval must be between 1s and 1h"),
                problem("slices:\n  interval: [1s]", "5: slices.interval must be a single value (duration)"),
                problem("slices: 10s", "4: slices must be a mapping of settings (key: value)"),
                problem(
                        "slices:\n  interval:\n",
                        "5: slices.interval has no value (duration): write one, or take the line out"),
                problem("slices: {keep: 1d, keep: 2d}", "4: slices.keep is written twice (first on line 4)"),
                problem("pipeline: bank", "4: pipeline is written twice (first on line 1)"),
                problem("limits: {workers: many}", "4: limits.workers must be a whole number between 1 and 64"),
                problem("limits: {query-memory: 1TB}", null),
                problem("limits: {query-memory: 1}", "4: limits.query-memory must be a number with a unit"),
                problem("state: ~/tidemark", "4: state must be a path without ~"),
                problem("state: \"a\\0b\"", "4: state is not a path"),
                problem(
                        "metadata: {type: zookeper}",
                        "4: metadata.type names no installed plug-in: zookeper; known: etcd, jdbc"),
                problem(
                        "metadata: {type: etdc}",
                        "4: metadata.type names no installed plug-in: etdc; did you mean etcd?"),
                problem("metadata: {type: etcd}", "4: metadata.endpoints is missing (text): Hosts."),
                problem("? [a, b]\n: c", "4: the file has a key that is not text"),
                problem("tables: public.*", "4: tables must be a list of rules"),
                problem("tables:\n  - public.*", "5: tables[1] must be a mapping of settings (key: value)"),
                problem("tables:\n  - {partition: [a]}", "5: tables[1] must have one of include and exclude"),
                problem(
                        "tables:\n  - {include: a.b, exclude: a.c}",
                        "5: tables[1] must have one of include and exclude"),
                problem(
                        "tables:\n  - include: accounts",
                        "5: tables[1].include must be schema.table, for example public.* (found: accounts)"),
                problem("tables:\n  - include: a.b.c", "5: tables[1].include must be schema.table"),
                problem("tables:\n  - include: '\"a.b'", "5: tables[1].include must be schema.table"),
                problem("tables: []", "4: tables includes nothing"),
                problem("tables:\n  - exclude: public.*", "4: tables includes nothing"),
                problem(
                        "tables:\n  - include: public.*\n  - exclude: public.audit_*",
                        "6: the rule for public.audit_* never applies: the first match decides, and public.* on line 5"
                                + " matches all of its tables; move the narrower rule up"),
                problem(
                        "tables:\n  - {exclude: a.b, delete: soft}\n  - include: a.*",
                        "5: tables[1].delete has no meaning beside exclude"),
                problem("tables:\n  - {include: a.b, delete: sft}", "5: tables[1].delete must be hard or soft"),
                problem("tables:\n  - {include: a.b, partition: a}", "5: tables[1].partition must be a list"),
                problem(
                        "tables:\n  - {include: a.b, partition: [dya(a)]}",
                        "5: tables[1].partition must be column, year(column)"),
                problem("tables:\n  - {include: a.b, partition: [bucket(a)]}", "5: tables[1].partition must be column"),
                problem("tables:\n  - {include: a.b, columns: {c: text}}", "5: tables[1].columns.c must be string"),
                problem(
                        "tables:\n  - {include: a.b, columns: {c: 'decimal(4,20)'}}",
                        "5: tables[1].columns.c must be string, int64 or \"decimal(p,s)\" in quotes, p 1 to 38"),
                problem(
                        "tables:\n  - {include: a.b, columns: {c: 'map<int32,string>'}}",
                        "5: tables[1].columns.c must be map<string,T> with a type of types.md as T"),
                problem("tables:\n  - {include: a.b, on-bad-value: skip}", "5: tables[1].on-bad-value must be "),
                problem("types: {timestamp: text}", "4: types.timestamp must be string"),
                problem("types: {timestamp: int64}", "4: types.timestamp cannot be int64"),
                problem("types: string", "4: types must be a mapping"),
                problem("on-bad-value: skip", "4: on-bad-value must be "),
                problem(
                        "tables:\n  - {include: a.b, colums: {c: text}}",
                        "5: tables[1].colums is not a setting; did you mean columns?"),
                problem(
                        "tables:\n  - {include: a.*, columns: {c: string}}",
                        "5: tables[1].columns needs a rule for one table"),
                problem(
                        "tables:\n  - {include: a.b, where: a like 'x'}",
                        "5: tables[1].where must have a comparison where 'like' stands"),
                problem(
                        "tables:\n  - {include: a.b, engine: spark}",
                        "5: tables[1].engine is spark, and there is no section spark that says how jobs are started"),
                problem("spark: {jar: x}\ntables:\n  - {include: a.b, engine: spark}", null),
                problem("tables:\n  - {include: a.b, omit: c}", "5: tables[1].omit must be a list of columns"),
                problem(
                        "tables:\n  - {include: a.b, add: {c: erp}}",
                        "5: tables[1].add.c must be 'text in single quotes'"),
                problem(
                        "tables:\n  - {include: a.b, add: {c: {from: d, fromat: iso}}}",
                        "5: tables[1].add.c.fromat is not a setting; did you mean format?"),
                problem("tables:\n  - {include: a.b, add: {c: {as: yyyy}}}", "5: tables[1].add.c.from is missing"),
                problem(
                        "tables:\n  - {include: a.b, add: {c: {from: d, format: HH}}}",
                        "5: tables[1].add.c: format must be epoch-seconds"),
                problem(
                        "tables:\n  - {exclude: a.b, where: a = 1}\n  - include: a.*",
                        "5: tables[1].where has no meaning beside exclude"),
                problem("transformations: {table: a.b}", "4: transformations must be a list"),
                problem(
                        "transformations:\n  - {table: a.b}",
                        "5: transformations[1] must have one of add-prefix, add-suffix, case"),
                problem(
                        "transformations:\n  - {table: a.b, column: a.b.c, rename: x}",
                        "5: transformations[1] must have one of column, schema, table"),
                problem(
                        "transformations:\n  - {table: a, rename: x}",
                        "5: transformations[1].table must be schema.table, with *"),
                problem(
                        "transformations:\n  - {column: a.b, rename: x}",
                        "5: transformations[1].column must be schema.table.column"),
                problem(
                        "transformations:\n  - {table: a.b, case: title}",
                        "5: transformations[1].case must be lower or upper"),
                problem(
                        "transformations:\n  - {table: a.b, replace-prefix: x}",
                        "5: transformations[1].replace-prefix must be a list of two"),
                problem(
                        "transformations:\n  - {table: a.b, rename: ''}",
                        "5: transformations[1].rename must not be empty"),
                problem(
                        "transformations:\n  - {table: a.b, renam: x, rename: y}",
                        "5: transformations[1].renam is not a setting; did you mean rename?"),
                problem("? a\nb", "is not YAML: "),
                problem("slices: {interval: 10s", "is not YAML: "),
                problem("--- \nsecond: document", "is not YAML: "));
    }

    private static Arguments problem(String addition, String expected) {
        return Arguments.of(addition, expected);
    }

    @ParameterizedTest
    @MethodSource("problems")
    void tellsWhatIsWrongAndWhere(String addition, String expected) {
        if (expected == null) {
            assertThat(read(folder, LEAST + addition)).isNotNull();
            return;
        }
        TidemarkException e = refusal(LEAST + addition);

        assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
        List<String> lines = e.reason().lines().toList();
        assertThat(lines.get(0)).isEqualTo("Cannot read the configuration: 1 problem");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).startsWith("tidemark.yaml:").contains(expected);
    }

    @Test
    void jobsOnSparkAreRefusedForASourceThatTheyDoNotHave() {
        TidemarkException e = refusal("""
                pipeline: bank
                source: {type: elsewhere}
                lake: {location: ./lake}
                spark: {jar: x}
                tables:
                  - {include: a.b, engine: spark}
                  - include: a.*
                """);

        assertThat(e.reason())
                .isEqualTo(
                        "Cannot read the configuration: 1 problem\ntidemark.yaml:6: tables[1].engine is spark, and jobs on"
                                + " Spark do not have the plug-in of source.type elsewhere; take the line out, and the worker's own"
                                + " process applies the table");
    }

    @Test
    void reportsAllProblemsAtOnceInTheOrderOfTheFile() {
        TidemarkException e = refusal("""
                source:
                  type: postgres
                  pasword: secret-1
                  password: ${env:MISSING}
                lake: {}
                slices: {interval: 0s}
                tables:
                  - include: x
                """);

        assertThat(e.reason().lines())
                .containsExactly(
                        "Cannot read the configuration: 7 problems",
                        "tidemark.yaml:1: pipeline is missing (name): " + PipelineSettings.PIPELINE.description(),
                        "tidemark.yaml:1: source.url is missing (text): Where the database is.",
                        "tidemark.yaml:3: source.pasword is not a setting; did you mean password?",
                        "tidemark.yaml:4: source.password refers to nothing: the environment variable MISSING is not set",
                        "tidemark.yaml:5: lake.location is missing (text): "
                                + PipelineSettings.LAKE_LOCATION.description(),
                        "tidemark.yaml:6: slices.interval must be between 1s and 1h",
                        "tidemark.yaml:8: tables[1].include must be schema.table, for example public.* (found: x)");
        assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
    }

    @Test
    void reportsAMissingSectionOnce() {
        assertThat(refusal("pipeline: bank\n").reason().lines())
                .containsExactly(
                        "Cannot read the configuration: 2 problems",
                        "tidemark.yaml:1: source is missing: the section says where the source is",
                        "tidemark.yaml:1: lake is missing: the section says where the lake is");
    }

    @Test
    void refusesEmptyFiles() {
        for (String empty : List.of("", "# nothing\n", "\uFEFF")) {
            assertThatExceptionOfType(TidemarkException.class)
                    .isThrownBy(() -> read(folder, empty))
                    .withMessageEndingWith("tidemark.yaml:1: the file is empty");
        }
        assertThat(refusal("[]").reason()).contains("the file must be a mapping of settings");
    }

    @Test
    void refusesPipelineNamesThatNoDatabaseCouldCarry() {
        for (String name : List.of("Bank", "1bank", "bank-1", "b".repeat(41), "\"\"", "bänk")) {
            assertThat(refusal(LEAST.replace("pipeline: bank", "pipeline: " + name))
                            .reason())
                    .contains("tidemark.yaml:1: pipeline must be lower-case letters, digits and underscores");
        }
        assertThat(read(folder, LEAST.replace("pipeline: bank", "pipeline: b" + "_9".repeat(19) + "x"))
                        .pipeline())
                .hasSize(40);
    }

    private TidemarkException refusal(String yaml) {
        TidemarkException e = catchThrowableOfType(TidemarkException.class, () -> read(folder, yaml));
        assertThat(e).as("the file is refused").isNotNull();
        return e;
    }
}
