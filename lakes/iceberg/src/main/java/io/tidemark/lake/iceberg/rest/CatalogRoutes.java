package io.tidemark.lake.iceberg.rest;

import io.tidemark.lake.upsert.table.SpecProperties;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.RESTResponse;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ListTablesResponse;
import org.apache.iceberg.rest.responses.LoadTableResponse;

/**
 * The reading half of the Iceberg REST catalog specification
 * (https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml) over a catalog. Mirrors in the making are not there for
 * clients. Safe from any thread if the catalog is.
 *
 * <p>Whatever writes is refused: a change by anybody else would make a mirror differ from its database. The calls that write are announced all the
 * same and then answered with 403, like those of a catalog whose user may only read. If they were not announced, Iceberg's client would refuse them
 * with an exception that does not tell the reason, and after which Spark leaves the data files it has written: it deletes them after a
 * {@link org.apache.iceberg.exceptions.CleanableFailure}, which {@link ForbiddenException} is.
 */
public final class CatalogRoutes {
    private static final List<Endpoint> ENDPOINTS = List.of(
            Endpoint.V1_LIST_NAMESPACES,
            Endpoint.V1_LOAD_NAMESPACE,
            Endpoint.V1_NAMESPACE_EXISTS,
            Endpoint.V1_LIST_TABLES,
            Endpoint.V1_LOAD_TABLE,
            Endpoint.V1_TABLE_EXISTS,
            Endpoint.V1_CREATE_NAMESPACE,
            Endpoint.V1_UPDATE_NAMESPACE,
            Endpoint.V1_DELETE_NAMESPACE,
            Endpoint.V1_CREATE_TABLE,
            Endpoint.V1_UPDATE_TABLE,
            Endpoint.V1_DELETE_TABLE,
            Endpoint.V1_RENAME_TABLE,
            Endpoint.V1_REGISTER_TABLE,
            Endpoint.V1_COMMIT_TRANSACTION);

    private final Catalog catalog;
    private final String making;
    private final Map<String, String> clientProperties;

    /**
     * @param making what names of mirrors in the making end with
     * @param properties of the catalog, of which clients are told what is no secret
     */
    public CatalogRoutes(Catalog catalog, String making, Map<String, String> properties) {
        this.catalog = catalog;
        this.making = making;
        this.clientProperties = ClientProperties.of(properties);
    }

    /**
     * Answers a request.
     *
     * @return empty when the answer has no content
     * @throws RuntimeException one of Iceberg's exceptions, for {@link ErrorAnswers}
     */
    Optional<RESTResponse> answer(CatalogRequest request) {
        if (!request.reads()) {
            return refuse(request);
        }
        if (request.matches("v1", "config")) {
            return Optional.of(config());
        }
        if (request.matches("v1", "namespaces")) {
            return Optional.of(CatalogHandlers.listNamespaces(namespaces(), request.namespace("parent")));
        }
        if (request.matches("v1", "namespaces", "*")) {
            return content(request, CatalogHandlers.loadNamespace(namespaces(), request.namespace(2)));
        }
        if (request.matches("v1", "namespaces", "*", "tables")) {
            return Optional.of(tables(request.namespace(2)));
        }
        if (request.matches("v1", "namespaces", "*", "tables", "*")) {
            return content(request, table(TableIdentifier.of(request.namespace(2), request.name(4)), request));
        }
        throw new NotFoundException(
                "Nothing is served here: this catalog has namespaces and tables only (request=%s)", request);
    }

    private static Optional<RESTResponse> content(CatalogRequest request, RESTResponse response) {
        return request.method().equals("HEAD") ? Optional.empty() : Optional.of(response);
    }

    private static Optional<RESTResponse> refuse(CatalogRequest request) {
        if (request.matches("v1", "namespaces", "*", "tables", "*", "metrics")) {
            // Reports of scans, by clients that do not look at what is announced: nothing is done with them.
            return Optional.empty();
        }
        if (request.matches("v1", "oauth", "tokens")) {
            throw new ForbiddenException(
                    "This catalog gives out no tokens: use the one that lake.serve-token says, or none if none is set");
        }
        throw new ForbiddenException(
                "This catalog is read-only: its tables are mirrors that Tidemark keeps equal to a database, and a change by"
                        + " anybody else would make them differ; write to tables of another catalog (request=%s)",
                request);
    }

    private ConfigResponse config() {
        return ConfigResponse.builder()
                .withDefaults(clientProperties)
                // Iceberg's client exchanges tokens for newer ones otherwise.
                .withOverride("token-refresh-enabled", "false")
                .withEndpoints(ENDPOINTS)
                .build();
    }

    private SupportsNamespaces namespaces() {
        if (catalog instanceof SupportsNamespaces namespaces) {
            return namespaces;
        }
        throw new UnsupportedOperationException(
                "The lake's catalog has no namespaces (catalog=" + catalog.name() + ")");
    }

    private ListTablesResponse tables(Namespace namespace) {
        ListTablesResponse.Builder shown = ListTablesResponse.builder();
        for (TableIdentifier table : catalog.listTables(namespace)) {
            if (!table.name().endsWith(making) || isShown(table)) {
                shown.add(table);
            }
        }
        return shown.build();
    }

    /** Whether a table whose name is like that of a mirror in the making is none. */
    private boolean isShown(TableIdentifier table) {
        try {
            return isShown(table, catalog.loadTable(table).properties());
        } catch (NoSuchTableException | NotFoundException e) {
            // It was published meanwhile.
            return false;
        }
    }

    private boolean isShown(TableIdentifier table, Map<String, String> properties) {
        return !table.name().endsWith(making)
                || SpecProperties.find(properties)
                        .map(spec -> spec.schema().table().name().equals(table.name()))
                        .orElse(true);
    }

    private LoadTableResponse table(TableIdentifier table, CatalogRequest request) {
        LoadTableResponse found = CatalogHandlers.loadTable(catalog, table);
        TableMetadata metadata = found.tableMetadata();
        if (!isShown(table, metadata.properties())) {
            throw new NoSuchTableException("Table does not exist: %s", table);
        }
        boolean isShort = request.parameter("snapshots").filter("refs"::equals).isPresent();
        return isShort
                ? LoadTableResponse.builder()
                        .withTableMetadata(TableMetadata.buildFrom(metadata)
                                .withMetadataLocation(metadata.metadataFileLocation())
                                .setPreviousFileLocation(null)
                                .suppressHistoricalSnapshots()
                                .discardChanges()
                                .build())
                        .build()
                : found;
    }
}
