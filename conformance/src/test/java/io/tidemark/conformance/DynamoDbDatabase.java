package io.tidemark.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.server.BuiltJars;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** DynamoDB Local, all tables of which are the scenario's. Its language is in the README of the scenarios. */
final class DynamoDbDatabase implements ScenarioDatabase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCHEMA = "dynamodb";
    private static final Pattern CREATE =
            Pattern.compile("create table (\\S+) \\((\\S+) ([SNB])(?:, (\\S+) ([SNB]))?\\)( without a stream)?");
    private static final Pattern DROP = Pattern.compile("drop table (\\S+)");
    private static final Pattern WRITE = Pattern.compile("(?:(\\d+)\\.\\.(\\d+) )?(put|delete) (\\S+) (\\{.*})");

    private final DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb());
    private final DynamoDbClient client = DynamoDbClient.builder()
            .endpointOverride(server.endpoint())
            .region(Region.of(server.region()))
            .credentialsProvider(StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
            .build();

    /** Names of all attributes of which items of a table ever had a value. */
    private final Map<String, Set<String>> attributes = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "scenario";
    }

    @Override
    public String schema() {
        return SCHEMA;
    }

    @Override
    public String source() {
        return """
                source:
                  type: dynamodb
                  endpoint: %s
                  region: %s
                  access-key: %s
                  secret-key: %s
                """.formatted(server.endpoint(), server.region(), server.accessKey(), server.secretKey());
    }

    @Override
    public void run(String block) {
        block.lines().forEach(line -> {
            Matcher create = CREATE.matcher(line);
            Matcher drop = DROP.matcher(line);
            if (create.matches()) {
                create(create);
            } else if (drop.matches()) {
                client.deleteTable(request -> request.tableName(drop.group(1)));
                attributes.remove(drop.group(1));
            } else {
                writes(line).forEach(this::write);
            }
        });
    }

    @Override
    public void runInOneTransaction(String block) {
        client.transactWriteItems(request -> request.transactItems(block.lines()
                .flatMap(this::writes)
                .map(write -> {
                    TransactWriteItem.Builder item = TransactWriteItem.builder();
                    return write.isPut()
                            ? item.put(put -> put.tableName(write.table()).item(write.item()))
                                    .build()
                            : item.delete(delete ->
                                            delete.tableName(write.table()).key(write.item()))
                                    .build();
                })
                .toList()));
    }

    private void create(Matcher line) {
        List<AttributeDefinition> definitions = new ArrayList<>();
        List<KeySchemaElement> keys = new ArrayList<>();
        for (int i = 2; i <= 4 && line.group(i) != null; i += 2) {
            String name = line.group(i);
            String type = line.group(i + 1);
            KeyType kind = i == 2 ? KeyType.HASH : KeyType.RANGE;
            definitions.add(AttributeDefinition.builder()
                    .attributeName(name)
                    .attributeType(type)
                    .build());
            keys.add(
                    KeySchemaElement.builder().attributeName(name).keyType(kind).build());
            attributes.computeIfAbsent(line.group(1), any -> new TreeSet<>()).add(name);
        }
        client.createTable(table -> {
            table.tableName(line.group(1))
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(definitions)
                    .keySchema(keys);
            if (line.group(6) == null) {
                table.streamSpecification(
                        stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES));
            }
        });
    }

    private record Write(boolean isPut, String table, Map<String, AttributeValue> item) {}

    private Stream<Write> writes(String line) {
        Matcher write = WRITE.matcher(line);
        if (!write.matches()) {
            throw new IllegalArgumentException("Cannot run line: nothing is known that looks so (line=" + line + ")");
        }
        long from = write.group(1) == null ? 0 : Long.parseLong(write.group(1));
        long to = write.group(1) == null ? 0 : Long.parseLong(write.group(2));
        return LongStream.rangeClosed(from, to)
                .mapToObj(i -> new Write(
                        write.group(3).equals("put"),
                        write.group(4),
                        item(
                                write.group(1) == null
                                        ? write.group(5)
                                        : write.group(5).replace("$i", "" + i))))
                .peek(one -> attributes
                        .computeIfAbsent(one.table(), any -> new TreeSet<>())
                        .addAll(one.item().keySet().stream()
                                .filter(name -> one.item().get(name).type() != AttributeValue.Type.NUL)
                                .toList()));
    }

    private void write(Write write) {
        if (write.isPut()) {
            client.putItem(put -> put.tableName(write.table()).item(write.item()));
        } else {
            client.deleteItem(delete -> delete.tableName(write.table()).key(write.item()));
        }
    }

    @Override
    public Set<TableId> tables() {
        Set<TableId> tables = new TreeSet<>();
        client.listTablesPaginator().tableNames().forEach(name -> tables.add(new TableId(SCHEMA, name)));
        return tables;
    }

    /** Each value in DynamoDB JSON. */
    @Override
    public TextRows rows(TableId table) {
        List<String> columns = List.copyOf(attributes.getOrDefault(table.name(), Set.of()));
        List<List<String>> rows = new ArrayList<>();
        client.scanPaginator(scan -> scan.tableName(table.name()).consistentRead(true))
                .items()
                .forEach(item -> {
                    List<String> row = new ArrayList<>();
                    columns.forEach(column -> row.add(
                            item.containsKey(column) && item.get(column).type() != AttributeValue.Type.NUL
                                    ? written(item.get(column)).toString()
                                    : null));
                    rows.add(row);
                });
        return new TextRows(columns, false, rows);
    }

    @Override
    public TextRows rows(String query) {
        throw new UnsupportedOperationException("DynamoDB has no queries of this kind");
    }

    /** The JSON of nested values, and how bytes look in it, are as the guide on DynamoDB promises them. */
    @Override
    public String comparable(String printed, Type type) {
        Map.Entry<String, JsonNode> value =
                node(printed).properties().iterator().next();
        JsonNode content = value.getValue();
        return switch (type.typeId()) {
            case DECIMAL -> padded(new BigDecimal(content.asText()), type);
            case LONG, INTEGER ->
                new BigDecimal(content.asText()).toBigIntegerExact().toString();
            case BOOLEAN -> content.asBoolean() ? "t" : "f";
            case BINARY -> bytes(content);
            case LIST ->
                NestedText.print(
                        elements(value, type.asListType().elementType()), type, (element, of) -> (String) element);
            case MAP -> {
                Map<String, JsonNode> members = new TreeMap<>();
                content.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
                yield MirrorRows.entries(
                        members,
                        member -> member.has("NULL")
                                ? null
                                : comparable(member.toString(), type.asMapType().valueType()));
            }
            default ->
                value.getKey().equals("S")
                                || value.getKey().equals("N")
                                || value.getKey().equals("B")
                        ? content.asText()
                        : plain(value.getKey(), content).toString();
        };
    }

    /** With as many digits after the point as a decimal column shows. */
    private static String padded(BigDecimal number, Type type) {
        int scale = type instanceof Types.DecimalType decimal ? decimal.scale() : 0;
        return number.setScale(Math.max(number.scale(), scale)).toPlainString();
    }

    private static String bytes(JsonNode content) {
        return "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(content.asText()));
    }

    /** Elements of a set in the order in which a list has them. */
    private static List<String> elements(Map.Entry<String, JsonNode> set, Type element) {
        Stream<String> texts =
                StreamSupport.stream(set.getValue().spliterator(), false).map(JsonNode::asText);
        return switch (set.getKey()) {
            case "NS" ->
                texts.map(BigDecimal::new)
                        .sorted()
                        .map(number -> padded(number, element))
                        .toList();
            case "BS" ->
                texts.map(text -> "\\x"
                                + HexFormat.of().formatHex(Base64.getDecoder().decode(text)))
                        .sorted()
                        .toList();
            default -> texts.sorted().toList();
        };
    }

    /** Plain JSON of DynamoDB JSON, members by name. */
    private static JsonNode plain(String kind, JsonNode content) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (kind) {
            case "N" -> DecimalNode.valueOf(new BigDecimal(content.asText()));
            case "NULL" -> make.nullNode();
            case "L" -> {
                var list = make.arrayNode();
                content.forEach(element -> list.add(plain(element)));
                yield list;
            }
            case "M" -> {
                ObjectNode members = make.objectNode();
                Map<String, JsonNode> sorted = new TreeMap<>();
                content.properties().forEach(member -> sorted.put(member.getKey(), plain(member.getValue())));
                sorted.forEach(members::set);
                yield members;
            }
            case "NS" -> sorted(content, Comparator.comparing(BigDecimal::new), "N");
            case "SS" -> sorted(content, Comparator.naturalOrder(), "S");
            default -> content;
        };
    }

    /** A set as an array, for a set has no order. */
    private static JsonNode sorted(JsonNode set, Comparator<String> order, String kind) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        StreamSupport.stream(set.spliterator(), false)
                .sorted(Comparator.comparing(JsonNode::asText, order))
                .forEach(element -> list.add(plain(kind, element)));
        return list;
    }

    private static JsonNode plain(JsonNode typed) {
        Map.Entry<String, JsonNode> value = typed.properties().iterator().next();
        return plain(value.getKey(), value.getValue());
    }

    private static Map<String, AttributeValue> item(String json) {
        Map<String, AttributeValue> item = new LinkedHashMap<>();
        node(json).properties().forEach(member -> item.put(member.getKey(), read(member.getValue())));
        return item;
    }

    private static JsonNode node(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot read DynamoDB JSON: " + json, e);
        }
    }

    private static AttributeValue read(JsonNode typed) {
        Map.Entry<String, JsonNode> value = typed.properties().iterator().next();
        JsonNode content = value.getValue();
        List<JsonNode> parts = new ArrayList<>();
        content.forEach(parts::add);
        return switch (value.getKey()) {
            case "S" -> AttributeValue.fromS(content.asText());
            case "N" -> AttributeValue.fromN(content.asText());
            case "B" ->
                AttributeValue.fromB(SdkBytes.fromByteArray(Base64.getDecoder().decode(content.asText())));
            case "BOOL" -> AttributeValue.fromBool(content.asBoolean());
            case "NULL" -> AttributeValue.fromNul(true);
            case "SS" ->
                AttributeValue.fromSs(parts.stream().map(JsonNode::asText).toList());
            case "NS" ->
                AttributeValue.fromNs(parts.stream().map(JsonNode::asText).toList());
            case "BS" ->
                AttributeValue.fromBs(parts.stream()
                        .map(part -> SdkBytes.fromByteArray(Base64.getDecoder().decode(part.asText())))
                        .toList());
            case "L" ->
                AttributeValue.fromL(parts.stream().map(DynamoDbDatabase::read).toList());
            case "M" -> AttributeValue.fromM(item(content.toString()));
            default -> throw new IllegalArgumentException("Cannot read DynamoDB JSON: no such type " + typed);
        };
    }

    private static JsonNode written(AttributeValue value) {
        ObjectNode typed = JSON.createObjectNode();
        switch (value.type()) {
            case S -> typed.put("S", value.s());
            case N -> typed.put("N", value.n());
            case B -> typed.put("B", value.b().asByteArray());
            case BOOL -> typed.put("BOOL", value.bool());
            case NUL -> typed.put("NULL", true);
            case SS -> value.ss().forEach(typed.putArray("SS")::add);
            case NS -> value.ns().forEach(typed.putArray("NS")::add);
            case BS -> value.bs().forEach(bytes -> typed.withArray("BS").add(bytes.asByteArray()));
            case L -> {
                var list = typed.putArray("L");
                value.l().forEach(element -> list.add(written(element)));
            }
            case M -> {
                ObjectNode members = typed.putObject("M");
                value.m().forEach((name, member) -> members.set(name, written(member)));
            }
            default -> throw new IllegalStateException("a value of no known type");
        }
        return typed;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
