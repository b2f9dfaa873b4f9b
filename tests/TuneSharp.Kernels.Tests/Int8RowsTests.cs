namespace TuneSharp.Kernels.Tests;

public sealed class Int8RowsTests
{
    [Theory]
    [InlineData(1), InlineData(16), InlineData(33), InlineData(100)]
    public void A_row_comes_back_to_half_a_step(int columns)
    {
        float[] x = [.. Numbers.Normal(3 * columns), .. new float[columns]], absmax = new float[4], back = new float[columns];
        sbyte[] q = new sbyte[4 * columns];
        Int8Rows.Quantise(x, columns, q, absmax);
        for (int row = 0; row < 4; row++)
        {
            Int8Rows.DequantiseRow(q.AsSpan(row * columns, columns), absmax[row], back);
            for (int c = 0; c < columns; c++) back[c].ShouldBe(x[(row * columns) + c], 0.501f * absmax[row] / 127);
        }
    }

    [Theory]
    [InlineData(1), InlineData(31), InlineData(32), InlineData(101)]
    public void Sums_of_products_are_exact(int columns)
    {
        var random = new Random(columns);
        sbyte[] a = [.. Enumerable.Range(0, columns).Select(_ => (sbyte)random.Next(-127, 128))], b = [.. Enumerable.Range(0, columns).Select(_ => (sbyte)random.Next(-127, 128))];
        Int8Rows.Dot(a, b).ShouldBe(a.Zip(b, (x, y) => x * y).Sum());
    }

    [Fact]
    public void A_product_is_near_that_of_the_numbers()
    {
        const int Tokens = 3, Outputs = 5, Columns = 70;
        float[] x = Numbers.Normal(Tokens * Columns, 1), w = Numbers.Normal(Outputs * Columns, 2), absmaxX = new float[Tokens], absmaxW = new float[Outputs], y = new float[Tokens * Outputs];
        sbyte[] qx = new sbyte[x.Length], qw = new sbyte[w.Length];
        Int8Rows.Quantise(x, Columns, qx, absmaxX);
        Int8Rows.Quantise(w, Columns, qw, absmaxW);
        Int8Rows.Multiply(qx, absmaxX, qw, absmaxW, Columns, y);
        for (int t = 0; t < Tokens; t++)
            for (int o = 0; o < Outputs; o++)
                y[(t * Outputs) + o].ShouldBe(Enumerable.Range(0, Columns).Sum(c => x[(t * Columns) + c] * w[(o * Columns) + c]), 0.5f);
    }

    [Fact]
    public void Numbers_without_a_size_are_refused() =>
        Should.Throw<NotFiniteNumberException>(() => Int8Rows.Quantise([1, float.PositiveInfinity], 2, new sbyte[2], new float[1]));
}
