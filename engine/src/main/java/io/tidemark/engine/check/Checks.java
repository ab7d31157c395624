package io.tidemark.engine.check;

import io.tidemark.engine.capture.Enrolment;
import io.tidemark.engine.capture.RetainedLog;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tests every connection, permission and setting that running needs, and changes nothing. */
public final class Checks {
    private Checks() {}

    /** One finding per thing looked at; failed ones carry a remedy. */
    public static List<Finding> run(PipelineConfig config, Plugins plugins) {
        List<Finding> findings = new ArrayList<>();
        try (Pipeline pipeline = Pipeline.open(config, plugins, Clock.systemUTC())) {
            findings.add(Finding.ok("metadata store", "reached and writable"));
            findings.addAll(pipeline.lake().check());
            config.spark()
                    .ifPresent(spark -> findings.add(plugins.jobRunner(spark.type())
                            .check(spark.settings(), config.lake().type())));
            config.catalog()
                    .ifPresent(catalog ->
                            findings.add(plugins.catalog(catalog.type()).check(catalog.settings())));
            List<TableId> selected = selected(pipeline, findings);
            Map<TableId, TableScope> scopes = new HashMap<>();
            selected.forEach(table -> scopes.put(table, config.scope(table)));
            findings.addAll(pipeline.source().check(selected, scopes));
            if (pipeline.source() instanceof LogSource log) {
                retained(pipeline, log).ifPresent(findings::add);
            }
        } catch (TidemarkException e) {
            findings.add(failed("configuration", e));
        }
        return findings;
    }

    private static Optional<Finding> retained(Pipeline pipeline, LogSource source) {
        try {
            long bytes = source.status().retainedBytes();
            if (bytes > pipeline.config().limits().retainedBytesMax()) {
                TidemarkException alarm = RetainedLog.alarm(pipeline, bytes);
                return Optional.of(Finding.warning("retained log", alarm.reason(), alarm.remedy()));
            }
        } catch (TidemarkException e) {
            // The source's own check says what is wrong with it.
        }
        return Optional.empty();
    }

    private static List<TableId> selected(Pipeline pipeline, List<Finding> findings) {
        try {
            List<SourceTable> tables = pipeline.source().tables().stream()
                    .filter(table -> Enrolment.ruleFor(pipeline.config().tables(), table.id())
                            .isPresent())
                    .toList();
            List<TableRecord> registered = pipeline.registry().list();
            Map<TableId, TidemarkException> problems = pipeline.wanted().problems(tables, registered);
            for (SourceTable table : tables) {
                Optional.ofNullable(problems.get(table.id()))
                        .or(() -> difference(pipeline, table, registered))
                        .ifPresent(problem -> findings.add(failed("table " + table.id(), problem)));
            }
            List<TableId> selected = tables.stream().map(SourceTable::id).toList();
            if (selected.isEmpty()) {
                findings.add(Finding.failed(
                        ErrorCode.UNKNOWN_TABLE,
                        "tables",
                        "no table of the source is selected by the rules",
                        "Add an include rule that matches, for example - include: \"public.*\""));
            } else {
                findings.add(Finding.ok("tables", selected.size() + " selected by the rules"));
            }
            return selected;
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.CONFIG_INVALID) {
                findings.add(failed("types", e));
            }
            // The source's own check says what is wrong with the connection.
            return List.of();
        }
    }

    /** What a loaded table would stop at when the pipeline starts. */
    private static Optional<TidemarkException> difference(
            Pipeline pipeline, SourceTable table, List<TableRecord> registered) {
        return registered.stream()
                .filter(record -> record.id().equals(table.id()) && record.load() != null)
                .findFirst()
                .flatMap(record -> pipeline.wanted().difference(record, table));
    }

    private static Finding failed(String subject, TidemarkException e) {
        return Finding.failed(e.code(), subject, e.reason(), e.remedy());
    }
}
