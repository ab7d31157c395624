package io.tidemark.dist;

import io.tidemark.cli.LogLevel;
import org.slf4j.LoggerFactory;

/**
 * How much is logged. Loggers of slf4j-simple take their level when they are made, so this is said before anything logs; what does not change
 * stands in {@code simplelogger.properties}.
 */
final class Logging {
    private static final String OURS = "org.slf4j.simpleLogger.log.io.tidemark";
    private static final String ICEBERG = "org.slf4j.simpleLogger.log.org.apache.iceberg";
    private static final String ALL = "org.slf4j.simpleLogger.defaultLogLevel";

    private Logging() {}

    static void apply(LogLevel level) {
        System.setProperty(
                OURS,
                switch (level) {
                    case WARNINGS -> "warn";
                    case LIFE_CYCLE -> "info";
                    case DETAILS -> "debug";
                });
        // It warns, with a trace, of each request that it is going to repeat; what comes of that is an error of ours.
        System.setProperty(ICEBERG, level == LogLevel.DETAILS ? "info" : "error");
        if (level == LogLevel.DETAILS) {
            System.setProperty(ALL, "info");
        }
        quietJavaLogging(level);
        // It looks for its properties where the thread's classes come from: not in the midst of a plug-in, which has
        // not got them.
        LoggerFactory.getILoggerFactory();
    }

    /** The JDBC drivers log through the platform's logging, which prints two lines per event to standard error. */
    private static void quietJavaLogging(LogLevel level) {
        java.util.logging.Logger.getLogger("")
                .setLevel(level == LogLevel.DETAILS ? java.util.logging.Level.INFO : java.util.logging.Level.SEVERE);
    }
}
