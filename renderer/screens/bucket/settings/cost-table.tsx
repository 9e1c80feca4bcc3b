import { Table } from '@mantine/core';
import type { BucketEstimate, ClassEstimate, Figure as Amount } from '../../../../shared/model/cost';
import { Figure } from '../../../components/figure';
import { bytes, count, exactBytes, NOTHING } from '../../../format/format';
import { figureParts, usd } from '../../../format/money';
import { storageClassName } from '../../../format/words';
import classes from './cost.module.css';

/** As it lies, by class, with the sum; and below the same as if all of it, and all that arrives, were of one class. */
export function CostTable(props: { readonly estimate: BucketEstimate }) {
  const { classes: parts, ifAllIn, total } = props.estimate;
  const sum = { objects: 0, bytes: 0 };
  for (const part of parts) {
    sum.objects += part.objects;
    sum.bytes += part.bytes;
  }
  return (
    <div className={classes.scroll}>
      <Table className={classes.table} horizontalSpacing={10} verticalSpacing={7} aria-label="Cost by class">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th>Objects</Table.Th>
            <Table.Th>Size</Table.Th>
            <Table.Th title="Storage of what is there now, a month">A month now</Table.Th>
            <Table.Th title="Storage a month in a year, when as much arrives every day and nothing is deleted or moved">
              In 12 months
            </Table.Th>
            <Table.Th title="Writing what arrives in a month">Uploads a month</Table.Th>
            <Table.Th title="Reading all of it once">Restore all once</Table.Th>
            <Table.Th title="How long an object is paid for at least">Minimum</Table.Th>
            <Table.Th title="What is younger than the minimum is paid for up to it">Delete all now</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Heading text="As it is" />
          {parts.length === 0 && (
            <Table.Tr>
              <Table.Td colSpan={9} className="dim">
                Nothing is in the bucket, and nothing is known of what arrives.
              </Table.Td>
            </Table.Tr>
          )}
          {parts.map((part) => (
            <ClassRow key={part.storageClass} part={part} />
          ))}
          <Table.Tr className={classes.sum}>
            <Table.Th>All classes</Table.Th>
            <SizeCells {...sum} />
            <Table.Td>{usd(total.storageUsd)}</Table.Td>
            <Table.Td>{usd(total.storageInYearUsd)}</Table.Td>
            <Table.Td>{usd(total.uploadsUsd)}</Table.Td>
            <Table.Td>{usd(total.readAllUsd)}</Table.Td>
            <Table.Td />
            <Table.Td>{usd(total.deleteAllUsd)}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
        <Table.Tbody>
          <Heading text="If all of it, and all that arrives, were of one class" />
          {ifAllIn.map((part) => (
            <ClassRow key={part.storageClass} part={part} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Heading(props: { readonly text: string }) {
  return (
    <Table.Tr className={classes.heading}>
      <Table.Th colSpan={9} scope="rowgroup">
        {props.text}
      </Table.Th>
    </Table.Tr>
  );
}

function ClassRow(props: { readonly part: ClassEstimate }) {
  const { storageClass, storage, storageInYear, uploads, readAll, minimumDays, deleteAll } = props.part;
  return (
    <Table.Tr>
      <Table.Th>{storageClassName(storageClass)}</Table.Th>
      <SizeCells objects={props.part.objects} bytes={props.part.bytes} />
      <Money amount={storage} />
      <Money amount={storageInYear} />
      <Money amount={uploads} />
      <Money amount={readAll} />
      <Table.Td>{minimumDays === 0 ? 'none' : `${count(minimumDays)} days`}</Table.Td>
      <Money amount={deleteAll} />
    </Table.Tr>
  );
}

function SizeCells(props: { readonly objects: number; readonly bytes: number }) {
  return (
    <>
      <Table.Td>{count(props.objects)}</Table.Td>
      <Table.Td title={exactBytes(props.bytes)}>{bytes(props.bytes)}</Table.Td>
    </>
  );
}

function Money(props: { readonly amount: Amount | null }) {
  const { amount } = props;
  return (
    <Table.Td>{amount === null ? NOTHING : <Figure exact={figureParts(amount)}>{usd(amount.usd)}</Figure>}</Table.Td>
  );
}
