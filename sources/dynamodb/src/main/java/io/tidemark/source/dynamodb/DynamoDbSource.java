package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.item.Inference;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.PartitionedSource;
import io.tidemark.spi.source.PartitionedStream;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.StreamPartition;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * The tables of an account in a region. Existing items are read by parallel scans with strong consistency or from exports, changes from DynamoDB
 * Streams. Nothing is changed in the account but that exports are made where that is asked for: who owns a table turns its stream on.
 *
 * <p>Facts: "Change data capture for DynamoDB Streams" and the API reference of DynamoDB and DynamoDB Streams in the AWS documentation.
 */
final class DynamoDbSource implements PartitionedSource {
    /** The name before the dot of every table: DynamoDB has no schemas. */
    static final String SCHEMA = "dynamodb";

    private final Clients clients;
    private final TableExports exports;
    private final TypeChoices choices;
    private final @Nullable String document;
    private final int sample;

    /** Columns found by sampling, by the table's own id: a table is sampled once by a process. */
    private final Map<String, RowSchema> sampled = new ConcurrentHashMap<>();

    /** Tables whose attributes cannot be columns, by the table's own id. */
    private final Map<String, TidemarkException> unfit = new ConcurrentHashMap<>();

    /** Tables without a stream to capture when they were listed last, by the table's own id. */
    private volatile Map<String, TidemarkException> withoutStream = Map.of();

    /** @param document name of the column for whole items; null for none */
    DynamoDbSource(Clients clients, TableExports exports, TypeChoices choices, @Nullable String document, int sample) {
        this.clients = clients;
        this.exports = exports;
        this.choices = choices;
        this.document = document;
        this.sample = sample;
    }

    @Override
    public String description() {
        return clients.description();
    }

    @Override
    public List<Finding> check(List<TableId> tables, Map<TableId, TableScope> scopes) {
        List<Finding> findings = new ArrayList<>();
        try {
            int found = tableNames().size();
            findings.add(Finding.ok("connection", found + " tables at " + description()));
        } catch (TidemarkException e) {
            findings.add(Finding.failed(e.code(), "connection", e.reason(), e.remedy()));
            return findings;
        }
        for (TableId table : tables) {
            findings.addAll(check(table));
        }
        exports.checkNames(tables).ifPresent(findings::add);
        return findings;
    }

    private List<Finding> check(TableId table) {
        List<Finding> findings = new ArrayList<>();
        String subject = "table " + table;
        try {
            TableDescription described = clients.describe(table.name());
            Optional<TidemarkException> problem = streamProblem(table, described);
            if (problem.isPresent()) {
                TidemarkException found = problem.orElseThrow();
                return List.of(Finding.failed(found.code(), subject, found.reason(), found.remedy()));
            }
            exports.check(table, described).ifPresent(findings::add);
            Clients.calling(
                    "scan table " + table,
                    () -> clients.tables()
                            .scan(scan -> scan.tableName(table.name()).limit(1)));
            clients.shards(described.latestStreamArn());
            findings.add(Finding.ok(subject, "it can be scanned, and its stream has new images"));
        } catch (TidemarkException e) {
            findings.add(Finding.failed(e.code(), subject, e.reason(), e.remedy()));
        }
        return findings;
    }

    @Override
    public List<SourceTable> tables() {
        List<SourceTable> tables = new ArrayList<>();
        Map<String, TidemarkException> problems = new HashMap<>();
        for (String name : tableNames()) {
            TableDescription described;
            try {
                described = clients.describe(name);
            } catch (TidemarkException e) {
                if (e.code() == ErrorCode.SOURCE_TABLE_MISSING) {
                    // Deleted since the tables were listed.
                    continue;
                }
                throw e;
            }
            streamProblem(new TableId(SCHEMA, name), described)
                    .ifPresent(problem -> problems.put(identity(described), problem));
            RowSchema schema = schema(described);
            List<String> notices = new ArrayList<>();
            notices.add("columns are the attributes met so far");
            notices.addAll(Inference.notices(schema, choices));
            tables.add(new SourceTable(schema, described.itemCount(), described.tableSizeBytes(), notices));
        }
        withoutStream = Map.copyOf(problems);
        return List.copyOf(tables);
    }

    private List<String> tableNames() {
        return Clients.calling(
                "list tables",
                () -> clients.tables().listTablesPaginator().tableNames().stream()
                        .sorted()
                        .toList());
    }

    private RowSchema schema(TableDescription described) {
        return sampled.computeIfAbsent(identity(described), id -> sample(described, id));
    }

    private static String identity(TableDescription described) {
        return Optional.ofNullable(described.tableId()).orElse(described.tableArn());
    }

    private RowSchema sample(TableDescription described, String identity) {
        TableId table = new TableId(SCHEMA, described.tableName());
        List<String> key = key(described);
        Inference inference = new Inference(table, keyDefinitions(described), choices);
        int left = sample;
        Map<String, AttributeValue> from = null;
        do {
            ScanRequest request = ScanRequest.builder()
                    .tableName(described.tableName())
                    .limit(Math.min(left, 1_000))
                    .exclusiveStartKey(from)
                    .build();
            ScanResponse page = Clients.calling(
                    "scan table " + table, () -> clients.tables().scan(request));
            page.items().forEach(inference::add);
            left -= page.scannedCount();
            from = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null;
        } while (from != null && left > 0);
        List<Column> columns = new ArrayList<>();
        try {
            columns.addAll(inference.columns());
        } catch (TidemarkException e) {
            // This table is told so, and the others go on.
            unfit.put(identity, e);
            columns.addAll(new Inference(table, keyDefinitions(described), TypeChoices.NONE).columns());
        }
        if (document != null) {
            columns.removeIf(column -> column.name().equals(document));
            columns.add(Inference.document(document));
        }
        return new RowSchema(table, columns, key, BeforeImage.KEY, identity);
    }

    private static List<AttributeDefinition> keyDefinitions(TableDescription described) {
        return key(described).stream()
                .map(attribute -> described.attributeDefinitions().stream()
                        .filter(definition -> definition.attributeName().equals(attribute))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    private static List<String> key(TableDescription described) {
        return described.keySchema().stream()
                .map(KeySchemaElement::attributeName)
                .toList();
    }

    @Override
    public Map<TableId, TidemarkException> problems(List<SourceTable> tables) {
        Map<TableId, TidemarkException> problems = new HashMap<>();
        tables.forEach(table -> problem(table).ifPresent(problem -> problems.put(table.id(), problem)));
        return problems;
    }

    private Optional<TidemarkException> problem(SourceTable table) {
        if (!table.scope().rows().isEmpty()) {
            return Optional.of(new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot mirror some items of " + table.id() + " only: a DynamoDB source mirrors tables whole",
                    "Take where out of the table's rule.",
                    null));
        }
        return Optional.ofNullable(unfit.get(table.identity()))
                .or(() -> Optional.ofNullable(withoutStream.get(table.identity())));
    }

    private static Optional<TidemarkException> streamProblem(TableId table, TableDescription described) {
        boolean isOn = described.streamSpecification() != null
                && Boolean.TRUE.equals(described.streamSpecification().streamEnabled());
        if (!isOn) {
            return Optional.of(new TidemarkException(
                    ErrorCode.SOURCE_STREAM_OFF, "Cannot capture " + table + ": the table has no stream"));
        }
        StreamViewType view = described.streamSpecification().streamViewType();
        if (view != StreamViewType.NEW_IMAGE && view != StreamViewType.NEW_AND_OLD_IMAGES) {
            return Optional.of(new TidemarkException(
                    ErrorCode.SOURCE_STREAM_OFF,
                    "Cannot capture " + table + ": its stream does not have new images (view=" + view + ")"));
        }
        return Optional.empty();
    }

    @Override
    public void prepare(List<SourceTable> tables, Optional<String> resumeToken) {
        // Nothing is made in the account.
    }

    @Override
    public void remove() {
        // Nothing was made.
    }

    /** A table whose stream was turned off has none: what was not read of it is then missed. */
    @Override
    public List<StreamPartition> partitions(List<SourceTable> tables) {
        List<StreamPartition> partitions = new ArrayList<>();
        for (SourceTable table : tables) {
            TableDescription described = clients.describe(table.id().name());
            if (streamProblem(table.id(), described).isEmpty()) {
                String stream = described.latestStreamArn();
                Instant from = exports.wantedFrom(table.id().name()).orElse(null);
                for (Shard shard : clients.shards(stream)) {
                    partitions.add(new StreamPartition(
                            stream + "/" + shard.shardId(),
                            stream,
                            List.of(table.id()),
                            shard.parentShardId() == null ? List.of() : List.of(stream + "/" + shard.parentShardId()),
                            shard.sequenceNumberRange() != null
                                    && shard.sequenceNumberRange().endingSequenceNumber() != null,
                            from));
                }
            }
        }
        return List.copyOf(partitions);
    }

    @Override
    public PartitionedStream openPartitions(List<SourceTable> tables) {
        return new ShardStream(clients, tables, choices, document);
    }

    @Override
    public boolean isReadable(SourceTable table, String load, Instant earliest) {
        return exports.isReadable(table, load, earliest);
    }

    @Override
    public SnapshotCut openView(Position cutoff, int readers) {
        return new ExportView(exports, new ScanView(clients, cutoff, choices, document));
    }

    @Override
    public void close() {
        exports.close();
        clients.close();
    }
}
