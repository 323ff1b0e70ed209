// What is rented from the shared array pool is counted for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
