package io.tidemark.engine.verify;

import io.tidemark.engine.compare.Comparison;
import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.compare.LibraryReading;
import io.tidemark.engine.deadletter.DeadLetter;
import io.tidemark.engine.json.Json;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.work.Repairs;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.verify.TableReading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Proves that mirrors equal the source at one position while writes go on, or names the rows that differ. When no process runs the pipeline, its
 * roles run here for as long as the proof takes.
 */
public final class Verifier {
    /** The repair of more keys than this would be slower than a resync. */
    private static final int REPAIR_KEYS_MAX = 10_000;

    /** Rows of a partitioned source that may have been written to while it was read. */
    private static final int WRITTEN_MEANWHILE_MAX = 100_000;

    private final Pipeline pipeline;
    private final QueryEngine engine;
    private final Repairs repairs;

    /** The engine reads the mirrors. */
    public Verifier(Pipeline pipeline, QueryEngine engine) {
        this.pipeline = pipeline;
        this.engine = engine;
        this.repairs = new Repairs(pipeline);
    }

    /** Compares, and heals and compares again when that was asked for. */
    public VerifyReport verify(VerifyRequest request, VerifyListener listener) throws InterruptedException {
        Optional<Runner> started = Runner.startUnlessRunning(pipeline);
        try (Runner runner = started.orElse(null)) {
            if (runner != null) {
                listener.step("the pipeline is not running: running it for this proof");
            }
            return verifyRunning(request, listener);
        }
    }

    private VerifyReport verifyRunning(VerifyRequest request, VerifyListener listener) throws InterruptedException {
        List<TableProof> proofs = compareAll(request, listener);
        if (request.repair() == VerifyRequest.Repair.REPORT) {
            return new VerifyReport(proofs);
        }
        List<TableProof> healed = new ArrayList<>();
        for (TableProof proof : proofs) {
            healed.add(proof.outcome() == TableProof.Outcome.DIFFERENT ? heal(proof, request, listener) : proof);
        }
        return new VerifyReport(healed);
    }

    private List<TableProof> compareAll(VerifyRequest request, VerifyListener listener) throws InterruptedException {
        List<TableProof> unproven = new ArrayList<>();
        List<TableRecord> tables = new ArrayList<>();
        for (TableRecord record : wanted(request)) {
            if (record.state().applies()) {
                tables.add(record);
            } else {
                TableRecord.Failure failure = record.failure();
                unproven.add(TableProof.unproven(
                        record.id(),
                        "it is " + record.state().label() + (failure == null ? "" : ": " + failure.reason()),
                        failure == null ? "Wait until 'tidemark status' shows it live." : failure.remedy()));
            }
        }
        List<TableProof> proofs = new ArrayList<>(unproven);
        if (!tables.isEmpty()) {
            try (AlignedCut aligned = AlignedCut.take(pipeline, tables, request.timeout(), listener)) {
                for (TableRecord table : tables) {
                    proofs.add(compareOrSay(table, aligned, request, listener));
                }
            }
        }
        return proofs;
    }

    private List<TableRecord> wanted(VerifyRequest request) {
        if (request.tables().isEmpty()) {
            return pipeline.registry().list().stream()
                    .filter(record -> record.state() != TableState.DROPPED)
                    .toList();
        }
        return request.tables().stream().map(pipeline.registry()::load).toList();
    }

    /** A table that changed in the source and was not written to since cannot be compared, which is no reason not to compare the others. */
    private TableProof compareOrSay(
            TableRecord table, AlignedCut aligned, VerifyRequest request, VerifyListener listener)
            throws InterruptedException {
        try {
            Optional<TableProof> unaligned = aligned.unaligned(table.id());
            return unaligned.isPresent() ? unaligned.orElseThrow() : compare(table, aligned, request, listener);
        } catch (OutOfMemoryError e) {
            return unproven(table, TidemarkException.outOfMemory("compare " + table.id(), e));
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.MEMORY_EXHAUSTED
                    || e.code() == ErrorCode.LIMIT_EXCEEDED
                    || e.code() == ErrorCode.SOURCE_QUERY) {
                return unproven(table, e);
            }
            if (e.code() != ErrorCode.SOURCE_SCHEMA_CHANGED) {
                throw e;
            }
            return TableProof.unproven(
                    table.id(),
                    e.reason() + ", and no row has changed since",
                    "The mirror follows with the next change of a row, or after 'tidemark resync " + table.id() + "'.");
        }
    }

    private static TableProof unproven(TableRecord table, TidemarkException error) {
        return TableProof.unproven(table.id(), error.reason(), error.remedy());
    }

    private TableProof compare(TableRecord table, AlignedCut aligned, VerifyRequest request, VerifyListener listener)
            throws InterruptedException {
        listener.step("comparing " + table.id());
        Instant started = pipeline.clock().instant();
        PinnedTable pinned = aligned.pinned(table.id());
        TableRecord atCut = aligned.record(table.id());
        // Columns that only the mirror has come last, and there is nothing to compare them with.
        PinnedTable compared = pinned.withFirst(atCut.schema().columns().size());
        Comparison.Result read = new Comparison(
                        compared.spec().schema(),
                        aligned.cut().reading(atCut.sourceTable()),
                        mirrorReading(table, compared),
                        pinned.rows(),
                        new Comparison.Range(request.from(), request.to()),
                        pipeline.isPartitioned() ? WRITTEN_MEANWHILE_MAX : request.differencesMax())
                .run();
        Optional<WritesMeanwhile.Result> meanwhile = Optional.empty();
        if (pipeline.isPartitioned()) {
            if (read.more()) {
                return TableProof.unproven(
                        table.id(),
                        "more than " + WRITTEN_MEANWHILE_MAX
                                + " rows differ, too many to look them up among the writes of the meantime",
                        "Verify it again when less is written to it, or run 'tidemark resync " + table.id() + "'.");
            }
            meanwhile = Optional.of(new WritesMeanwhile(pipeline, atCut, pinned.progress())
                    .explain(aligned.cut(), read.differences(), request.timeout()));
        }
        List<KeyDifference> differences =
                meanwhile.map(WritesMeanwhile.Result::unexplained).orElse(read.differences());
        boolean isEqual = read.isEqual() || (meanwhile.isPresent() && differences.isEmpty());
        Certificate certificate = new Certificate(
                pipeline.config().pipeline(),
                table.id(),
                isEqual,
                meanwhile
                        .map(found ->
                                found.events() == 0 ? Certificate.Agreement.QUIESCED : Certificate.Agreement.PER_ROW)
                        .orElse(Certificate.Agreement.CUT),
                aligned.cut().cutoff(),
                pinned.progress().slice(),
                range(table, request),
                read.source().rows(),
                read.mirror().rows(),
                read.source().checksum(),
                read.mirror().checksum(),
                pipeline.source().description(),
                pinned.progress().version(),
                aligned.takenAt(),
                Duration.between(started, pipeline.clock().instant()).toMillis());
        List<DeadLetter> letters = pipeline.deadLetters().open(table.id());
        Set<List<String>> setAside = new HashSet<>();
        letters.forEach(letter -> setAside.addAll(letter.keys()));
        long explained = differences.stream()
                .filter(difference -> setAside.contains(difference.key()))
                .count();
        return new TableProof(
                table.id(),
                isEqual ? TableProof.Outcome.EQUAL : TableProof.Outcome.DIFFERENT,
                Optional.of(certificate),
                store(certificate),
                differences.subList(0, Math.min(differences.size(), request.differencesMax())),
                read.more() || differences.size() > request.differencesMax(),
                "",
                "",
                0,
                letters.size(),
                table.schema().hasKey() ? explained : 0);
    }

    private TableReading mirrorReading(TableRecord record, PinnedTable pinned) {
        return pinned.unreadable().isEmpty()
                ? engine.reading(pinned)
                : new LibraryReading(pinned.spec().schema(), consumer -> {
                    try (LakeTable table = pipeline.lake()
                            .find(record.mirror())
                            .orElseThrow(() -> new TidemarkException(
                                    ErrorCode.LAKE_TABLE_MISSING,
                                    "Cannot verify " + record.id() + ": its mirror is gone"))) {
                        table.readAll(pinned, consumer);
                    }
                });
    }

    private TableProof heal(TableProof proof, VerifyRequest request, VerifyListener listener)
            throws InterruptedException {
        TableRecord record = pipeline.registry().load(proof.table());
        if (!record.schema().hasKey()
                || proof.moreDifferences()
                || proof.differences().size() > REPAIR_KEYS_MAX) {
            throw new TidemarkException(
                    ErrorCode.DIFFERENT,
                    "Cannot repair " + proof.table() + ": "
                            + (record.schema().hasKey() ? "too many keys differ" : "it has no key to re-read rows by"),
                    "Run 'tidemark resync " + proof.table() + "'.",
                    null);
        }
        List<List<String>> keys =
                proof.differences().stream().map(KeyDifference::keyText).toList();
        listener.step("re-reading " + keys.size() + " keys of " + proof.table());
        repairs.read(proof.table(), keys, request.timeout());
        VerifyRequest again = new VerifyRequest(
                List.of(proof.table()),
                request.from(),
                request.to(),
                VerifyRequest.Repair.REPORT,
                request.differencesMax(),
                request.timeout());
        return compareAll(again, listener).get(0).withRepaired(keys.size());
    }

    private static String range(TableRecord table, VerifyRequest request) {
        if (request.from().isEmpty() && request.to().isEmpty()) {
            return "";
        }
        String column = table.schema().hasKey() ? table.schema().key().get(0) : "";
        return request.from().map(from -> from + " <= ").orElse("")
                + column
                + request.to().map(to -> " < " + to).orElse("");
    }

    private String store(Certificate certificate) {
        String path = "proofs/" + certificate.pipeline() + "/"
                + certificate.at().toString().replace(':', '.') + "-"
                + Keys.escape(certificate.table().schema()) + "."
                + Keys.escape(certificate.table().name()) + ".json";
        try (ObjectStore.ObjectOutput out = pipeline.storage().create(path)) {
            out.write(Json.writePretty(certificate).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot store a certificate", e);
        }
        return path;
    }
}
