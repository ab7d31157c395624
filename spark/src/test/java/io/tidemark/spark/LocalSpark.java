package io.tidemark.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** One Spark in this process for all tests of a run: starting it takes seconds. */
final class LocalSpark {
    private static final JavaSparkContext CONTEXT = start();

    private LocalSpark() {}

    static JavaSparkContext context() {
        return CONTEXT;
    }

    private static JavaSparkContext start() {
        SparkConf conf = new SparkConf()
                .setMaster("local[2]")
                .setAppName("tidemark-tests")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1");
        JavaSparkContext context = new JavaSparkContext(conf);
        context.setLogLevel("ERROR");
        return context;
    }
}
