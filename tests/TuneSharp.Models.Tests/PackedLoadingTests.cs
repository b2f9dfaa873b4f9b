using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models.Settings;
using TuneSharp.Models.Tests.Support;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Tests.Shared;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests;

/// <summary>Checkpoints whose linears are packed while they load, or were packed when they were saved.</summary>
public sealed class PackedLoadingTests : IDisposable
{
    private static readonly ModelSettings Single = new() { WeightsDtype = "float32", ComputeDtype = "float32" };
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-packed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nf4", true), InlineData("nf4", false), InlineData("fp4", true), InlineData("int8", false)]
    public void Linears_of_blocks_are_packed_and_nothing_else(string quantization, bool doubled)
    {
        Save();
        using ICausalLm packed = ModelCatalog.Load(_folder, Single with { Quantization = quantization, DoubleQuantization = doubled });
        packed.Linears.ShouldAllBe(linear => linear.Weight.Packed!.Storage == quantization);
        packed.Head.Weight.Packed.ShouldBeNull();
        packed.Parameters.Except(packed.Linears.Select(linear => linear.Weight)).ShouldAllBe(parameter => parameter.Packed == null);
        packed.Warnings.ShouldBeEmpty();
        ComputesAsItsUnpackedCopy(packed);
    }

    [Fact]
    public void Blocks_of_a_gguf_file_stay_as_they_are()
    {
        string path = WriteGguf();
        using ICausalLm packed = ModelCatalog.Load(path, Single with { Quantization = "gguf" }), dense = ModelCatalog.Load(path, Single);
        packed.Linears.ShouldAllBe(linear => linear.Weight.Packed!.Storage == "Q8_0");
        foreach ((Linear a, Linear b) in packed.Linears.Zip(dense.Linears))
        {
            using DisposeScope scope = NewDisposeScope();
            TinyModels.Numbers(a.CopyWeight_OI(ScalarType.Float32)).ShouldBe(TinyModels.Numbers(b.CopyWeight_OI(ScalarType.Float32)), a.Name);
        }
        (int[][] ids, _) = TinyModels.Rows(1, 9, 4);
        using Workspace ofPacked = packed.CreateWorkspace(), ofDense = dense.CreateWorkspace();
        TinyModels.Logits(packed, ofPacked, ids).ShouldBe(TinyModels.Logits(dense, ofDense, ids));
        using ICausalLm again = ModelCatalog.Load(path, Single with { Quantization = "nf4" });
        again.Warnings.ShouldHaveSingleItem().ShouldContain("Q8_0");
    }

    [Theory]
    [InlineData("nf4", "bitsandbytes__fp4"), InlineData("fp4", "")]
    public void What_a_file_has_packed_is_used_as_it_is_or_refused(string quantization, string mark)
    {
        Save();
        WritePacked(mark.Length > 0 ? mark : "bitsandbytes__nf4");
        using (ICausalLm packed = ModelCatalog.Load(_folder, Single))
        {
            packed.Linears.ShouldAllBe(linear => linear.Weight.Packed!.Storage == (mark.Length > 0 ? "fp4" : "nf4"));
            ComputesAsItsUnpackedCopy(packed);
        }
        Should.Throw<InvalidInputException>(() => ModelCatalog.Load(_folder, Single with { Quantization = quantization })).Message.ShouldContain("already");
    }

    [Theory]
    [InlineData(".absmax", "missing"), InlineData(".quant_map", "missing")]
    public void A_damaged_packed_matrix_is_refused_by_name(string part, string why)
    {
        Save();
        WritePacked("bitsandbytes__nf4", leaveOut: "model.layers.1.mlp.up_proj.weight" + part);
        string message = Should.Throw<InvalidInputException>(() => ModelCatalog.Load(_folder, Single)).Message;
        message.ShouldContain("model.layers.1.mlp.up_proj.weight" + part);
        message.ShouldContain(why);
    }

    [Fact]
    public void Wrong_settings_are_refused_by_name()
    {
        Save();
        string Refusal(ModelSettings settings) => Should.Throw<InvalidInputException>(() => ModelCatalog.Load(_folder, settings)).Message;
        Refusal(Single with { Quantization = "int3" }).ShouldContain("nf4, fp4, int8, gguf");
        Refusal(Single with { Quantization = "nf4", QuantizationBlockSize = 48 }).ShouldContain("power of two");
        Refusal(Single with { Quantization = "gguf" }).ShouldContain("GGUF");
    }

    [Fact]
    public void A_weight_without_a_size_is_named()
    {
        using (ICausalLm model = TinyModels.Create("llama"))
        {
            using var off = no_grad();
            model.Linears[3].Weight.Value[0, 0] = double.NaN;
            ModelCatalog.Save(model, _folder);
        }
        string message = Should.Throw<InvalidInputException>(() => ModelCatalog.Load(_folder, Single with { Quantization = "nf4" })).Message;
        message.ShouldContain("model.layers.0.self_attn.o_proj.weight");
    }

    [Theory]
    [InlineData("nf4", true, 4.127), InlineData("nf4", false, 4.5), InlineData("int8", true, 8)]
    public void Bits_are_known_before_loading(string quantization, bool doubled, double bits)
    {
        Save();
        ModelCatalog.PackedBitsOf(_folder, Single with { Quantization = quantization, DoubleQuantization = doubled })!.Value.ShouldBe(bits, 0.001);
        ModelCatalog.PackedBitsOf(_folder, Single).ShouldBeNull();
        WritePacked("bitsandbytes__nf4");
        // Tiny matrices: a table of 16 numbers and a description each weigh more than they do in a model of a useful size.
        ModelCatalog.PackedBitsOf(_folder, Single)!.Value.ShouldBeInRange(4.5, 12);
        ModelCatalog.TypesOf(_folder, new ModelSettings { WeightsDtype = "auto" }).Weights.ShouldBe(ScalarType.Float32);
    }

    private void Save()
    {
        using ICausalLm model = TinyModels.Create("llama");
        ModelCatalog.Save(model, _folder);
    }

    /// <summary>Against a model whose dense weights are what the packed ones stand for, in training (int8 rounds inputs without).</summary>
    private void ComputesAsItsUnpackedCopy(ICausalLm packed)
    {
        string folder = Path.Combine(_folder, "unpacked");
        using (ICausalLm dense = TinyModels.Create("llama"))
        {
            using DisposeScope scope = NewDisposeScope();
            using var off = no_grad();
            foreach ((Linear to, Linear from) in dense.Linears.Zip(packed.Linears)) to.Weight.Value.copy_(from.CopyWeight_OI(ScalarType.Float32));
            ModelCatalog.Save(dense, folder);
        }
        using ICausalLm unpacked = ModelCatalog.Load(folder, Single);
        (int[][] ids, _) = TinyModels.Rows(1, 9, 4);
        using Workspace ofPacked = packed.CreateWorkspace(), ofUnpacked = unpacked.CreateWorkspace();
        TinyModels.Logits(packed, ofPacked, ids, recording: true).ShouldBe(TinyModels.Logits(unpacked, ofUnpacked, ids, recording: true));
    }

    /// <summary>The checkpoint in _folder again, linears packed as transformers saves them with bitsandbytes.</summary>
    private void WritePacked(string mark, string? leaveOut = null)
    {
        string quantization = mark[^3..];
        using ICausalLm packed = ModelCatalog.Load(_folder, Single with { Quantization = quantization, DoubleQuantization = false });
        var tensors = new List<TensorToWrite>();
        foreach (Parameter parameter in packed.Parameters)
        {
            if (parameter.Packed is not FourBitMatrix matrix)
            {
                tensors.Add(new TensorToWrite(parameter.Name, TensorDType.F32, parameter.Shape, stream => TensorMemory.Write(parameter.Value, stream)));
                continue;
            }
            byte[] state = System.Text.Encoding.UTF8.GetBytes($$"""{"quant_type": "{{quantization}}", "blocksize": 64, "dtype": "float32", "shape": [{{matrix.Rows}}, {{matrix.Columns}}]}""");
            Tensor absmax = ((FourBitScales.Plain)matrix.Scales).Absmax;
            float[] table = matrix.Table.Values.ToArray();
            tensors.AddRange(
            [
                new TensorToWrite(parameter.Name, TensorDType.U8, [matrix.Packed.numel(), 1], stream => TensorMemory.Write(matrix.Packed, stream)),
                new TensorToWrite(parameter.Name + ".absmax", TensorDType.F32, absmax.shape, stream => TensorMemory.Write(absmax, stream)),
                new TensorToWrite(parameter.Name + ".quant_map", TensorDType.F32, [16], stream => stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(table.AsSpan()))),
                new TensorToWrite($"{parameter.Name}.quant_state.{mark}", TensorDType.U8, [state.Length], stream => stream.Write(state)),
            ]);
        }
        SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), [.. tensors.Where(tensor => tensor.Name != leaveOut)]);
    }

    private string WriteGguf()
    {
        string path = Path.Combine(_folder, "m.gguf");
        using ICausalLm model = ModelCatalog.CreateRandom(TinyModels.WideConfig, 1);
        GgufModels.Write(model, quantised: true).WriteTo(path);
        return path;
    }
}
