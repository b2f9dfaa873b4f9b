using Xunit.Sdk;
using Xunit.v3;

// libtorch has its own threads for every managed thread that computes: one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
