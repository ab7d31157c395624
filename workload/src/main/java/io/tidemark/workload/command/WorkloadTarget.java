package io.tidemark.workload.command;

import io.tidemark.cli.Session;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.item.ItemStore;
import io.tidemark.workload.bank.BankWorkload;
import io.tidemark.workload.run.Workload;
import io.tidemark.workload.shop.ShopWorkload;

/**
 * A workload on a database that is open.
 *
 * @param description the database and where in it, without secrets
 * @param what the name of what is written, for people
 * @param rows what a load is counted in
 * @param workload the workload
 * @param onClose gives back what was opened
 */
record WorkloadTarget(String description, String what, String rows, Workload workload, Runnable onClose)
        implements AutoCloseable {
    static WorkloadTarget bank(BankAddress address, String schema) {
        return new WorkloadTarget(
                address + ", schema " + schema,
                "bank",
                "transaction",
                new BankWorkload(address.dataSource(), schema),
                () -> {});
    }

    static WorkloadTarget shop(Session session, Settings settings, String prefix) {
        ItemStore store = session.plugins().itemStore(ShopAddress.TYPE).open(settings);
        return new WorkloadTarget(
                store.description() + ", tables " + prefix + "*",
                "shop",
                "order",
                new ShopWorkload(store, prefix, session.clock()),
                store::close);
    }

    @Override
    public void close() {
        onClose.run();
    }
}
