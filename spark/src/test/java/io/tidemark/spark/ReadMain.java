package io.tidemark.spark;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Runs queries with Spark's own SQL, in a process of Spark's own libraries. Prints each row as a line after {@link #MARK}. */
final class ReadMain {
    static final String MARK = "row: ";

    private ReadMain() {}

    public static void main(String[] statements) {
        try (SparkSession session = SparkSession.builder().getOrCreate()) {
            for (String statement : statements) {
                for (Row row : session.sql(statement).collectAsList()) {
                    System.out.println(MARK + row.mkString("|"));
                }
            }
        }
    }
}
