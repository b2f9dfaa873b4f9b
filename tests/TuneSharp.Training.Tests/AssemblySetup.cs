using System.Runtime.CompilerServices;
using TorchSharp;
using TuneSharp.Nn.Runtime;
using Xunit.Sdk;
using Xunit.v3;

// libtorch has its own threads for every managed thread that computes: one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace TuneSharp.Training.Tests;

internal static class AssemblySetup
{
    /// <summary>Models of a few thousand weights gain nothing from threads, and waiting for each other costs much on a busy machine.</summary>
    [ModuleInitializer]
    internal static void UseOneThread()
    {
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
