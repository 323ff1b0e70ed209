// They wait for the network and for the ends of connections far more than they compute.
[assembly: CollectionBehavior(MaxParallelThreads = 16)]
