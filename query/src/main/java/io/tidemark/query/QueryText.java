package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a query is made of: refused unless it is one SELECT (or DESCRIBE, SUMMARIZE, SHOW TABLES) whose every table is either named, and then
 * found here, or made by a function that reads nothing.
 */
final class QueryText {
    /** Functions that make rows from their arguments alone. Any other could read files, settings or tables by computed names. */
    private static final Set<String> ROW_FUNCTIONS =
            Set.of("range", "generate_series", "unnest", "json_each", "json_tree", "repeat", "generate_subscripts");

    /** Functions that tell of this process, run SQL held in text, keep state or wait. */
    private static final Set<String> REFUSED_FUNCTIONS = Set.of(
            "current_setting",
            "getenv",
            "json_serialize_plan",
            "json_execute_serialized_sql",
            "pg_get_viewdef",
            "query",
            "query_table",
            "nextval",
            "currval",
            "write_log",
            "sleep_ms",
            "pg_sleep");

    private static final String SHOW_TABLES = "\"tables\"";

    /** DuckDB's name for {@code count(*)}. */
    private static final String COUNT = "count_star";

    /** What can stand in a SELECT beside its columns and its table, by the names of the syntax tree. */
    private static final Set<String> CLAUSES =
            Set.of("modifiers", "where_clause", "group_expressions", "group_sets", "having", "sample", "qualify");

    private final Set<TableReference> tables = new LinkedHashSet<>();
    private boolean showsTables;
    private Optional<Count> count = Optional.empty();

    private QueryText() {}

    /**
     * {@code SELECT count(*) FROM table} and no more.
     *
     * @param table the table
     * @param column name of the only column of the result
     */
    record Count(TableReference table, String column) {}

    static QueryText inspect(Connection connection, String sql) throws SQLException {
        SyntaxNode root = SyntaxNode.parse(connection, sql);
        if (root.text("error").equals("true")) {
            throw refusal(root);
        }
        List<SyntaxNode> statements =
                root.find("statements").map(SyntaxNode::children).orElse(List.of());
        if (statements.size() != 1) {
            throw QueryFailures.rejected("it must be one statement (statements=" + statements.size() + ")");
        }
        QueryText text = new QueryText();
        SyntaxNode select = statements.get(0).find("node").orElseThrow();
        Optional<SyntaxNode> show = select.find("from_table").filter(QueryText::isShowTables);
        if (show.isPresent()) {
            text.showsTables = true;
        } else {
            text.visit(select, Set.of());
            text.count = count(select);
        }
        return text;
    }

    /** Tables that the query names, each once, in the order of the text. */
    Set<TableReference> tables() {
        return Collections.unmodifiableSet(tables);
    }

    /** Whether the query is {@code SHOW TABLES}. */
    boolean showsTables() {
        return showsTables;
    }

    /** What is counted, when the query is a bare count. */
    Optional<Count> count() {
        return count;
    }

    private static Optional<Count> count(SyntaxNode select) {
        List<SyntaxNode> columns =
                select.find("select_list").map(SyntaxNode::children).orElse(List.of());
        Optional<SyntaxNode> from = select.find("from_table");
        boolean isBare = columns.size() == 1
                && isCount(columns.get(0))
                && from.filter(QueryText::isWholeTable).isPresent()
                && select.text("aggregate_handling").equals("STANDARD_HANDLING")
                && select.find("cte_map").flatMap(map -> map.find("map")).isEmpty()
                && CLAUSES.stream().allMatch(clause -> select.find(clause).isEmpty());
        if (!isBare) {
            return Optional.empty();
        }
        String alias = columns.get(0).text("alias");
        return Optional.of(new Count(reference(from.orElseThrow()), alias.isEmpty() ? COUNT + "()" : alias));
    }

    private static boolean isCount(SyntaxNode column) {
        return column.text("class").equals("FUNCTION")
                && column.text("function_name").equals(COUNT)
                && column.text("distinct").equals("false")
                && column.find("filter").isEmpty()
                && column.find("order_bys")
                        .flatMap(order -> order.find("orders"))
                        .isEmpty();
    }

    private static boolean isWholeTable(SyntaxNode from) {
        return from.text("type").equals("BASE_TABLE")
                && from.find("sample").isEmpty()
                && from.find("column_name_alias").isEmpty();
    }

    private static TidemarkException refusal(SyntaxNode error) {
        if (error.text("error_type").equals("parser")) {
            return new TidemarkException(
                    ErrorCode.QUERY_FAILED,
                    "Cannot run the query: Parser Error: " + error.text("error_message") + position(error));
        }
        return QueryFailures.rejected("it is not a SELECT");
    }

    private static String position(SyntaxNode error) {
        String offset = error.text("position");
        return offset.isEmpty() ? "" : " (character=" + (Long.parseLong(offset) + 1) + ")";
    }

    private static boolean isShowTables(SyntaxNode from) {
        return from.text("type").equals("SHOW_REF") && from.text("table_name").equals(SHOW_TABLES);
    }

    /**
     * Visits a node and all below it.
     *
     * @param scope names of common table expressions that are seen here, in lower case
     */
    private void visit(SyntaxNode node, Set<String> scope) {
        Set<String> inner = scope;
        Optional<SyntaxNode> withClause = node.find("cte_map").flatMap(map -> map.find("map"));
        if (withClause.isPresent()) {
            inner = new HashSet<>(scope);
            for (SyntaxNode expression : withClause.orElseThrow().children()) {
                // An expression sees those before it. Its own name inside it means a table, unless it is recursive.
                visit(expression, Set.copyOf(inner));
                inner.add(lower(expression.text("key")));
            }
        }
        if (node.text("type").equals("RECURSIVE_CTE_NODE")) {
            inner = new HashSet<>(inner);
            inner.add(lower(node.text("cte_name")));
        }
        check(node, inner);
        for (SyntaxNode child : node.childrenExcept("cte_map")) {
            visit(child, inner);
        }
    }

    private void check(SyntaxNode node, Set<String> scope) {
        if (node.text("class").equals("FUNCTION")) {
            checkFunction(node);
        }
        switch (node.text("type")) {
            case "BASE_TABLE" -> addTable(node, scope);
            case "TABLE_FUNCTION" -> checkRowFunction(node);
            case "SHOW_REF" -> checkShow(node);
            default -> {
                // Every other kind of node reads only what is below it.
            }
        }
    }

    private void addTable(SyntaxNode node, Set<String> scope) {
        if (node.find("at_clause").isPresent()) {
            throw QueryFailures.rejected("AT (...) is not supported; choose the version with --as-of");
        }
        TableReference table = reference(node);
        boolean local = table.catalog().isEmpty()
                && (table.schema().isEmpty() || table.schema().equalsIgnoreCase("recurring"))
                && scope.contains(lower(table.name()));
        if (!local) {
            tables.add(table);
        }
    }

    private static TableReference reference(SyntaxNode node) {
        return new TableReference(node.text("catalog_name"), node.text("schema_name"), node.text("table_name"));
    }

    private static void checkRowFunction(SyntaxNode node) {
        String name =
                node.find("function").map(call -> call.text("function_name")).orElse("");
        if (!ROW_FUNCTIONS.contains(lower(name))) {
            throw QueryFailures.rejected("the function cannot be used as a table here (function=" + name + ")");
        }
    }

    private static void checkFunction(SyntaxNode node) {
        String name = node.text("function_name");
        if (REFUSED_FUNCTIONS.contains(lower(name))) {
            throw QueryFailures.rejected("the function is not allowed here (function=" + name + ")");
        }
    }

    private static void checkShow(SyntaxNode node) {
        if (node.find("query").isEmpty()) {
            throw QueryFailures.rejected("only SHOW TABLES, DESCRIBE and SUMMARIZE are supported");
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
